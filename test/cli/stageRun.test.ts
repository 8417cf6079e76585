import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { ending, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();

const KIND = `
import { Type } from '@sinclair/typebox';
import { defineStage, table } from 'driftline/stage';
import { halved } from './parts/halves.ts';

export default defineStage({
  summary: 'Halves',
  params: Type.Object({ n: Type.Integer(), fails: Type.Optional(Type.Boolean()) }),
  inputs: {},
  outputs: { rows: table({ half: 'float64' }) },
  replicates: {
    outputs: { rows: table({ half: 'float64' }) },
    combine: ({ replicates }) => ({ rows: { half: replicates.rows.map((table) => table.columns.half[0]!) } }),
  },
  // a comment that the bundle has not
  async run({ params: { n, fails }, seed }) {
    console.log(\`halving \${n}, secret \${process.env.SECRET}\`);
    return { rows: { half: [halved(n, fails), Number.parseInt(seed.slice(0, 8), 16)] } };
  },
});
`;

const HALVES = `
interface Nothing {
  readonly told: string;
}

export function halved(n: number, fails?: boolean): number {
  const nothing = (fails ? undefined : { told: 'half' }) as Nothing;
  return nothing.told.length * n / 8;
}
`;

const FILES = {
  'pipeline.yaml': `driftline: 1
study: Halves
params: { fails: false }
profiles: { failing: { params: { fails: true } } }
stages:
  halves:
    uses: halves
    matrix: { n: [2, 4] }
    with: { n: "\${matrix.n}", fails: "\${params.fails}" }
    replicates: 2
  single: { uses: halves, with: { n: 8 } }
  copied:
    run: [sh, -c, "cat $1 > $2; echo $GREETING >&2", sh, "\${inputs.rows}", "\${outputs.rows}"]
    inputs: { rows: halves.rows }
    outputs: { rows: rows.csv }
    env: { GREETING: "good day" }
`,
  'stages/halves.ts': KIND,
  'stages/parts/halves.ts': HALVES,
};

let study: TemporaryStudy;
const records = (): string => {
  const actions = join(study.root, '.driftline', 'actions');
  return readdirSync(actions)
    .map((name) => readFileSync(join(actions, name), 'utf8'))
    .join('\n');
};

beforeAll(async () => {
  study = new TemporaryStudy(folder(), FILES);
  expect((await study.driftline('run')).code).toBe(0);
});

describe('driftline stage run of a cell', () => {
  it('runs that one here, shows its log and what it gave, compares it and records nothing', async () => {
    const before = records();
    const child = study.start(['stage', 'run', 'halves[n=2]#1'], { SECRET: 'told' });
    const { code, out, err } = await ending(child);
    expect({ code, err }).toEqual({ code: 0, err: 'halving 2, secret undefined\n' });
    expect(out).toMatch(
      /^✓ halves\[n=2\]#1: .*, nothing was recorded\n\nrows {2}2 rows, as recorded\n +half\n +1\n +\d+\n$/,
    );
    expect(records()).toBe(before);
  });

  it('says what is not recorded yet, and records it when it is asked to', async () => {
    const args = ['stage', 'run', 'single#0', '--json'] as const;
    rmSync(join(study.root, '.driftline', 'actions'), { recursive: true });
    const first = JSON.parse((await study.driftline(...args)).out);
    expect(first).toMatchObject({
      target: 'single#0',
      recorded: false,
      outputs: [{ name: 'rows', rows: 2, is: 'not recorded before' }],
    });
    const kept = JSON.parse((await study.driftline(...args, '--record')).out);
    expect(kept).toMatchObject({ recorded: true, key: first.key, outputs: [{ digest: first.outputs[0].digest }] });
    expect(JSON.parse((await study.driftline(...args)).out).outputs).toMatchObject([{ is: 'as recorded' }]);
    expect(JSON.parse((await study.driftline('plan', 'single#0', '--json')).out).counts).toMatchObject({ cached: 1 });
    expect((await study.driftline('verify', 'single#0')).code).toBe(0);
    expect((await study.driftline('run')).code).toBe(0);
  });

  it('shows where in the source it failed, as the run did that tells how to call it', async () => {
    const run = await study.driftline('run', 'single', '--profile', 'failing', '--set', 'fails=true');
    expect(run.code).toBe(0); // single does not ask for it
    const failed = await study.driftline('run', 'halves', '--profile', 'failing', '--jobs', '1');
    expect(failed.code).toBe(1);
    const told = failed.err.slice(failed.err.indexOf('✗'));
    expect(told).toMatch(
      /^✗ (halves\[n=2\]#0): TypeError: Cannot read properties of undefined \(reading 'told'\)\n {2}at halved \(stages\/parts\/halves\.ts:8:18\)\n {6}8 \| return nothing\.told\.length \* n \/ 8;\n {2}at run \(stages\/halves\.ts:\d+:\d+\)\n {2}\| halving 2, secret undefined\n {2}Reproduce it with: driftline stage run 'halves\[n=2\]#0' --profile failing\n$/,
    );
    const alone = await study.driftline('stage', 'run', 'halves[n=2]#0', '--profile', 'failing');
    expect(alone).toMatchObject({ code: 1, out: '' });
    expect(alone.err).toBe(`halving 2, secret undefined\n${told.replace(/ {2}\|.*\n.*Reproduce.*\n/, '')}`);
  });

  it('in NDJSON tells the same places, and none of a bundle', async () => {
    const { out } = await study.driftline('run', 'halves', '--profile', 'failing', '--json');
    const failure = out.split('\n').find((line) => line.includes('action-failed'));
    expect(JSON.parse(failure!).failure.stack).toContain('at halved (stages/parts/halves.ts:8:18)');
    expect(out).not.toContain('.mjs');
    expect(out).not.toContain('frames');
  });
});

describe('driftline stage run that cannot', () => {
  it.each([
    [['halves'], 2, /halves is 2 cells, and one is run alone\. Name it: halves\[n=2\], halves\[n=4\]\./],
    [['halves[n=3]#0'], 2, /no target "halves\[n=3\]#0"\. Did you mean halves\[n=2\]#0\?/],
    [['sngle'], 2, /no target "sngle"\. Did you mean single\?/],
    [['nothing-like-it'], 2, /no kind of stage "nothing-like-it"/],
    [['single', '--seed', 'x', '--debug'], 2, /--seed is for a kind .*--debug for a cell/],
    [
      ['copied', '--set', 'fails=true'],
      1,
      /copied needs results that are not there: halves\.rows\. Make them with: driftline run halves\.rows\n$/,
    ],
  ])('%j', async (args, expected, message) => {
    const { code, out, err } = await study.driftline('stage', 'run', ...args);
    expect({ code, out }).toEqual({ code: expected, out: '' });
    expect(err).toMatch(message);
  });
});

describe('driftline stage run --debug of a program', () => {
  it('leaves its folder, and says how to start it there by hand, which gives the same', async () => {
    const { code, out, err } = await study.driftline('stage', 'run', 'copied', '--debug');
    expect(code).toBe(0);
    expect(out).toContain('as recorded');
    expect(err).toContain('good day');
    const [, place, command] = /^ {2}cd (.*)\n {2}(env -i .*)$/m.exec(err)!;
    expect(err).toContain(`${place} is left as it is.`);
    const given = join(place, 'outputs', 'rows.csv');
    const first = readFileSync(given, 'utf8');
    rmSync(given);
    execFileSync('sh', ['-c', `cd ${place} && ${command}`], { stdio: 'ignore' });
    expect(readFileSync(given, 'utf8')).toBe(first);
    rmSync(join(place, '..'), { recursive: true });
  });

  it('without --debug leaves nothing', async () => {
    const own = new TemporaryStudy(study.root);
    const temporary = folder();
    const { code } = await ending(own.start(['stage', 'run', 'copied'], { TMPDIR: temporary }));
    expect(code).toBe(0);
    expect(readdirSync(temporary)).toEqual([]);
    expect(existsSync(join(study.root, 'inputs'))).toBe(false);
  });
});
