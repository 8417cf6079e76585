import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Leases, SILENCE_MS } from '../../src/store/leases.ts';
import { ending, events, TemporaryStudy } from '../cli/study.ts';
import { temporaryFolders } from '../store/folder.ts';

const folder = temporaryFolders();

/** 24 cells, their table, and a stage on it with a cell for each power; 30 actions. */
const STUDY = {
  'pipeline.yaml': `driftline: 1
study: At once
stages:
  numbers:
    uses: told
    matrix: { i: 1..24 step 1 }
    with: { i: "\${matrix.i}", nap: 20, tell: TELL }
  powers:
    uses: told
    matrix: { power: [1, 2, 3] }
    inputs: { rows: numbers.out }
    with: { i: "\${matrix.power}", nap: 20, tell: TELL }
claims:
  sum:
    says: The sums of the powers are right
    test: { rows: powers.out, every: "d => d.value > 0" }
`,
  // Tells a file outside the store that it runs, and does not end while another is there, which no honest kind would do.
  'stages/told.ts': `
import { appendFileSync, existsSync } from 'node:fs';
import { Type } from '@sinclair/typebox';
import { defineStage, table } from 'driftline/stage';
export default defineStage({
  summary: 'Numbers, or sums of their powers',
  params: Type.Object({ i: Type.Integer(), nap: Type.Number(), tell: Type.String() }),
  inputs: { rows: { ...table({ value: 'float64' }), optional: true } },
  outputs: { out: table({ value: 'float64' }) },
  async run({ params: { i, nap, tell }, inputs: { rows } }) {
    const name = rows === undefined ? 'number ' + i : 'power ' + i;
    appendFileSync(tell, 'start ' + name + '\\n');
    do await new Promise((resolve) => setTimeout(resolve, nap));
    while (existsSync(tell + '.shut'));
    const values = rows === undefined ? [] : Array.from(rows.columns.value as ArrayLike<number>);
    const value = rows === undefined ? i : values.reduce((sum, x) => sum + x ** i, 0);
    appendFileSync(tell, 'end ' + name + '\\n');
    return { out: { value: [value] } };
  },
});
`,
};

interface Told {
  readonly study: TemporaryStudy;
  /** While this file is there, no action ends. */
  readonly shut: string;
  told(): string[];
}

function makeStudy(): Told {
  const tell = join(folder(), 'told');
  const yaml = STUDY['pipeline.yaml'].replaceAll('TELL', JSON.stringify(tell));
  const study = new TemporaryStudy(folder(), { ...STUDY, 'pipeline.yaml': yaml });
  const told = (): string[] => (existsSync(tell) ? readFileSync(tell, 'utf8').trim().split('\n') : []);
  return { study, shut: `${tell}.shut`, told };
}

/** Starts a run and gives what it has printed so far. */
function follow(study: TemporaryStudy, ...args: string[]) {
  const child = study.start(['run', '--json', ...args]);
  let text = '';
  child.stdout!.on('data', (more) => {
    text += more;
  });
  return { child, printed: () => text, ended: ending(child) };
}

const executed = (ndjson: string): string[] =>
  events(ndjson).flatMap(({ type, target }) => (type === 'action-finished' ? [target] : []));

const powers = (study: TemporaryStudy): string =>
  readFileSync(join(study.root, 'out', 'tables', 'powers.out.csv'), 'utf8');

const RIGHT = `power,value\n1,300\n2,4900\n3,90000\n`;

describe('eight runs at once on one store', () => {
  it('do each action once, all succeed, and leave what one run leaves', { timeout: 60_000 }, async () => {
    const { study, told } = makeStudy();
    await study.driftline('plan'); // compiles kinds and plan, so that all eight start at about the same time
    const runs = await Promise.all(
      Array.from({ length: 8 }, (_, at) => study.driftline('run', '--json', '--jobs', at < 2 ? '2' : '1')),
    );
    for (const { code, err } of runs) expect({ code, err }).toEqual({ code: 0, err: '' });
    const starts = told().filter((line) => line.startsWith('start'));
    expect(starts).toHaveLength(27);
    expect(new Set(starts).size).toBe(27);
    const all = runs.flatMap(({ out }) => executed(out));
    expect(all).toHaveLength(30);
    expect(new Set(all).size).toBe(30);
    for (const { out } of runs) {
      expect(events(out).at(-1)).toMatchObject({ type: 'run-finished', failed: 0, skipped: 0 });
    }
    expect(powers(study)).toBe(RIGHT);
    expect(readFileSync(join(study.root, 'out', 'report', 'index.html'), 'utf8')).toMatch(/<\/html>\s*$/);
    expect(readdirSync(join(study.root, '.driftline', 'leases'))).toEqual([]);
    expect((await study.driftline('run')).out).toContain('Nothing had to run: all 30 results were there already.');
    const alone = makeStudy();
    await alone.study.driftline('run');
    for (const name of readdirSync(join(alone.study.root, 'out', 'tables'))) {
      const files = [study, alone.study].map(({ root }) => readFileSync(join(root, 'out', 'tables', name)));
      expect(files[0].equals(files[1])).toBe(true);
    }
  });
});

describe('out/', () => {
  it('is written by one run at a time', { timeout: 60_000 }, async () => {
    const { study } = makeStudy();
    const other = new Leases(join(study.root, '.driftline'));
    expect(other.acquire('publish')).toBe(true);
    const { ended } = follow(study, '--jobs', '2');
    await expect.poll(() => readdirSync(join(study.root, '.driftline', 'runs')).length, { timeout: 30_000 }).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 300)); // it has nothing else to do now
    expect(existsSync(join(study.root, 'out'))).toBe(false);
    other.close();
    expect((await ended).code).toBe(0);
    expect(powers(study)).toBe(RIGHT);
  });
});

describe('a run that was killed while it held leases', () => {
  it('is taken over from at once, by a run that waits already and by one that starts', {
    timeout: 60_000,
  }, async () => {
    const { study, shut, told } = makeStudy();
    writeFileSync(shut, '');
    const killed = follow(study, '--jobs', '2');
    await expect.poll(() => told().length, { timeout: 20_000 }).toBe(2);
    const waiting = follow(study, '--jobs', '1', 'numbers[i=1]');
    await expect.poll(waiting.printed, { timeout: 20_000 }).toContain('action-awaited');
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(readdirSync(join(study.root, '.driftline', 'leases')).length).toBeGreaterThan(2);
    rmSync(shut);
    const from = performance.now();
    expect((await waiting.ended).code).toBe(0);
    const after = await study.driftline('run', '--json', '--jobs', '2');
    expect(after.code).toBe(0);
    expect(performance.now() - from).toBeLessThan(SILENCE_MS); // nobody watched for a heartbeat
    expect(executed(waiting.printed())).toEqual(['numbers[i=1]']);
    expect(executed(after.out)).not.toContain('numbers[i=1]');
    expect(executed(after.out)).toContain('numbers[i=2]'); // the other one that was under way
    expect(powers(study)).toBe(RIGHT);
    expect(readdirSync(join(study.root, '.driftline', 'leases'))).toEqual([]);
  });
});
