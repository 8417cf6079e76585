import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { ending, events, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();

/** 24 cells, their table, and a stage on it with a cell for each power; 30 actions. */
const STUDY = {
  'pipeline.yaml': `driftline: 1
study: At once
params: { nap: 20 }
stages:
  numbers:
    uses: told
    matrix: { i: 1..24 step 1 }
    with: { i: "\${matrix.i}", nap: "\${params.nap}", tell: TELL }
  powers:
    uses: told
    matrix: { power: [1, 2, 3] }
    inputs: { rows: numbers.out }
    with: { i: "\${matrix.power}", nap: "\${params.nap}", tell: TELL }
claims:
  sum:
    says: The sums of the powers are right
    test: { rows: powers.out, every: "d => d.value > 0" }
`,
  // Tells a file outside the store that it runs, which no honest kind would do: it shows how often it does.
  'stages/told.ts': `
import { appendFileSync } from 'node:fs';
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
    await new Promise((resolve) => setTimeout(resolve, nap));
    const values = rows === undefined ? [] : Array.from(rows.columns.value as ArrayLike<number>);
    const value = rows === undefined ? i : values.reduce((sum, x) => sum + x ** i, 0);
    appendFileSync(tell, 'end ' + name + '\\n');
    return { out: { value: [value] } };
  },
});
`,
};

function makeStudy(): { study: TemporaryStudy; told(): string[] } {
  const tell = join(folder(), 'told');
  const yaml = STUDY['pipeline.yaml'].replaceAll('TELL', JSON.stringify(tell));
  const study = new TemporaryStudy(folder(), { ...STUDY, 'pipeline.yaml': yaml });
  const told = (): string[] => {
    try {
      return readFileSync(tell, 'utf8').trim().split('\n');
    } catch {
      return [];
    }
  };
  return { study, told };
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

describe('a run that was killed while it held leases', () => {
  it('is taken over from at once, by a run that waits already and by one that starts', {
    timeout: 60_000,
  }, async () => {
    const { study, told } = makeStudy();
    const nap = ['--set', 'nap=700'];
    const killed = study.start(['run', '--jobs', '2', ...nap]);
    await expect.poll(() => told().length, { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
    const waiting = study.start(['run', '--json', '--jobs', '1', 'numbers[i=1]', ...nap]);
    let seen = '';
    waiting.stdout!.on('data', (text) => {
      seen += text;
    });
    await expect.poll(() => seen, { timeout: 20_000 }).toContain('action-awaited');
    const ended = ending(waiting);
    const dead = ending(killed);
    killed.kill('SIGKILL');
    await dead;
    expect(readdirSync(join(study.root, '.driftline', 'leases')).length).toBeGreaterThan(2);
    const from = performance.now();
    const taken = await ended;
    expect(taken.code).toBe(0);
    expect(performance.now() - from).toBeLessThan(5000); // far below the limit of a silence
    expect(executed(seen)).toEqual(['numbers[i=1]']);
    const after = await study.driftline('run', '--json', '--jobs', '8', ...nap);
    expect(after.code).toBe(0);
    const all = executed(after.out);
    expect(all).not.toContain('numbers[i=1]');
    expect(all).toContain('numbers[i=2]'); // the other one that was under way
    expect(powers(study)).toBe(RIGHT);
    expect(readdirSync(join(study.root, '.driftline', 'leases'))).toEqual([]);
  });
});
