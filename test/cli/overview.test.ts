import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { SQUARES, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();
let study: TemporaryStudy;
const say = async (...args: string[]) => (await study.driftline(...args)).out;

const FAILING = SQUARES.replace('if (slow)', "if (offset < 0) throw new Error('no root of that'); if (slow)");

/** Forty-one stages alone, and one that makes a figure's worth of bytes. */
const stages = Array.from({ length: 41 }, (_, at) => `  s${at}: { uses: squares, with: { n: ${at + 1} } }`);

beforeAll(async () => {
  study = new TemporaryStudy(folder(), {
    'pipeline.yaml': `driftline: 1
study: Many stages
params: { offset: 0 }
profiles: { low: { params: { offset: -1 } } }
stages:
${stages.filter((line) => !line.includes(': 13 }')).join('\n')}
  root: { uses: squares, with: { n: 2, offset: "\${params.offset}" } }
  copied:
    run: [node, copy.mjs, "\${inputs.rows}", "\${outputs.copy}"]
    inputs: { rows: root.rows }
    outputs: { copy: copy.txt }
claims:
  small: { says: The first number is small, test: { rows: root.rows, every: "d => d.square < 9" } }
`,
    'copy.mjs': "import { copyFileSync } from 'node:fs';\ncopyFileSync(process.argv[2], process.argv[3]);\n",
    'stages/squares.ts': FAILING,
  });
  expect((await study.driftline('run')).code).toBe(0);
});

describe('of a study with many stages', () => {
  it('plan lists those with something to do and counts the others', async () => {
    expect(await say('plan')).toBe('43 stages with nothing to do\nNothing to run: all 84 results are there.\n');
    const lines = (await say('plan', '--set', 'offset=1')).split('\n');
    expect(lines.slice(0, 4).map((line) => line.split(' ')[0])).toEqual(['root', 'copied', 'claim:small', '40']);
    expect(lines[3]).toBe('40 stages with nothing to do');
    expect(await say('plan', 's1', 's2')).toMatch(/^s1 {2}2 cached\ns2 {2}2 cached\nNothing to run/);
  });

  it('status marks what failed in the last run, which it names with its profile', async () => {
    expect((await study.driftline('run', '--profile', 'low')).code).toBe(1);
    const out = await say('status', '--profile', 'low');
    expect(out).toMatch(/^✗ {2}root +0\/2 +1 failed$/m);
    expect(out).toMatch(/^· {2}copied +0\/1$/m);
    expect(out).toMatch(/\nLast run on record: \S+ \(low\)\n {2}.*s, 0 executed, 80 cached, 1 failed\n$/);
    const { stages, lastRun } = JSON.parse(await say('status', '--profile', 'low', '--json'));
    expect(stages.find(({ stage }: { stage: string }) => stage === 'root')).toMatchObject({ done: 0, failed: 1 });
    expect(lastRun).toMatchObject({ profile: 'low', failed: 1 });
    expect(await say('status')).toMatch(/^✓ {2}root/m);
  });

  it('show says where a result is that is no table', async () => {
    expect(await study.driftline('show', 'small')).toMatchObject({
      code: 2,
      err: expect.stringContaining('claim:small gives a verdict and no table: driftline claims shows it.'),
    });
    expect((await study.driftline('show', 'copied')).err).toContain(
      'copied gives no table; its files are in out/: files/',
    );
  });

  it('why tells under which profile that was made which it compares with', async () => {
    expect(await say('why', 's1', '--profile', 'low')).toMatch(
      /^s1: 2 actions cached\n.*\n {2}which ran it because\n {4}never/,
    );
    expect(await say('why', 'copied', '--profile', 'low')).toMatch(
      /^copied: runs unless its inputs turn out as before, because \(compared with what it was without a profile\)\n/,
    );
  });
});
