import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { TemporaryStudy } from './study.ts';

const folder = temporaryFolders();

/** Replicates that scatter by ±1 about a level, drawn from the seed, with Student-t intervals for seven of them. */
const NOISY = `
import { Type } from '@sinclair/typebox';
import { defineStage, table } from 'driftline/stage';

const T = 2.4469118511449692; // t(0.975, 6)

export default defineStage({
  summary: 'Noisy levels',
  params: Type.Object(
    { base: Type.Number(), at: Type.Number(), confidence: Type.Number({ default: 0.95 }) },
    { additionalProperties: false },
  ),
  inputs: {},
  outputs: { summary: table({ x: 'float64', xLo: 'float64', xHi: 'float64', replicates: 'int32' }) },
  replicates: {
    outputs: { summary: table({ x: 'float64' }) },
    params: ['confidence'],
    combine({ replicates }) {
      const x = replicates.summary.map(({ columns }) => columns.x[0] as number);
      const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
      const sd = Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (x.length - 1));
      const half = (T * sd) / Math.sqrt(x.length);
      return { summary: { x: [mean], xLo: [mean - half], xHi: [mean + half], replicates: [x.length] } };
    },
  },
  run({ params: { base, at }, seed }) {
    return { summary: { x: [base * at + 2 * (Number.parseInt(seed.slice(0, 8), 16) / 2 ** 32 - 0.5)] } };
  },
});
`;

const FILES = {
  'pipeline.yaml': `driftline: 1
study: Levels
seed: levels
include: [parts/*.yaml]
params: { base: 10 }
profiles: { far: { params: { base: 90 } } }
`,
  'parts/levels.yaml': `title: Levels
stages:
  levels:
    uses: noisy
    matrix: { at: [1, 2] }
    replicates: 7
    with: { base: "\${params.base}", at: "\${matrix.at}" }
  rows:
    uses: join
    inputs: { rows: levels.summary }
    with: { verbs: [{ derive: { double: "d => 2 * d.x" } }] }
  picture:
    uses: figure
    inputs: { rows: rows.table }
    with: { spec: ../picture.vl.yaml, formats: [svg] }
claims:
  low:
    says: All levels are low.
    test: { rows: rows.table, every: "d => d.x < 50", numbers: { largest: "d => op.max(d.x)" } }
  high:
    says: All levels are high.
    test: { rows: rows.table, every: "d => d.x > 500" }
`,
  'picture.vl.yaml':
    'mark: point\ndata: { name: rows }\nencoding: { x: { field: at, type: quantitative }, y: { field: x, type: quantitative } }\n',
  'stages/noisy.ts': NOISY,
};

const study = new TemporaryStudy(folder(), FILES);
const diff = async (...args: string[]) => JSON.parse((await study.driftline('diff', '--json', ...args)).out);

beforeAll(async () => {
  const first = await study.driftline('run', '--tag', 'start');
  expect(first).toMatchObject({ code: 0 });
}, 60_000);

const ids = async () =>
  JSON.parse((await study.driftline('runs', '--json')).out).runs.map((run: { id: string }) => run.id);

describe('driftline diff', () => {
  it('needs two runs, and says what it takes for one', async () => {
    const { code, err } = await study.driftline('diff');
    expect(code).toBe(2);
    expect(err).toBe('There is no last~1: the store has only 1 run.\n');
    expect((await study.driftline('diff', 'nobody')).err).toMatch(/^There is no run "nobody"\. A run is last, /);
  });

  it('of a run with the study as it is finds nothing while nothing changed', async () => {
    const { code, out } = await study.driftline('diff', 'start', '--exit-code');
    expect(code).toBe(0);
    expect(out).toMatch(/^to {3}the study as it is$/m);
    expect(out).toContain('No difference: 2 claims, 2 tables byte for byte, 1 figure the same.');
  });

  it('tells claims that moved before numbers beyond noise, figures and parameters', async () => {
    await study.driftline('run', '--set', 'base=90');
    const { code, out } = await study.driftline('diff', '--exit-code');
    expect(code).toBe(1);
    const places = [
      'low: supported → refuted',
      'Numbers: 4 values beyond noise in 2 tables',
      'Figures: 1 changed',
      'base  10 → 90',
    ];
    expect(places.map((words) => out.includes(words))).toEqual([true, true, true, true]);
    expect(places.map((words) => out.indexOf(words))).toEqual(
      places.map((words) => out.indexOf(words)).sort((a, b) => a - b),
    );
    expect(out).toContain('data rows: 2 of 2 rows changed');
    expect(out).toContain('base  10 → 90 in levels');
    const found = await diff();
    expect(found).toMatchObject({ same: false, from: { tags: ['start'] }, sameClaims: 1, incomparable: [], code: [] });
    expect(found.tables[0]).toMatchObject({ table: 'levels.summary', keys: ['at'] });
    expect(found.tables[0].columns[0].values[0].judgement).toMatchObject({ state: 'beyond', by: 'welch' });
    expect(found.claims).toMatchObject([{ id: 'low', from: 'supported', to: 'refuted', moved: true }]);
  });

  it('calls a change of a parameter that drowns in noise what it is', async () => {
    await study.driftline('run', '--set', 'base=10.01');
    const found = await diff('start', 'last');
    const x = found.tables.find(({ table }: { table: string }) => table === 'levels.summary').columns[0];
    expect(x.values.map(({ judgement }: { judgement: { state: string } }) => judgement.state)).toEqual([
      'within',
      'within',
    ]);
    expect((await study.driftline('diff', 'start', 'last')).out).toMatch(
      /^Within noise: 4 values in 2 tables \(by Welch's t test/m,
    );
  });

  it('names the source file of changed code, and stages that came', async () => {
    study.write({
      'stages/noisy.ts': NOISY.replace('base * at', 'base * at * 2'),
      'parts/more.yaml': 'title: More\nstages:\n  again: { uses: noisy, replicates: 7, with: { base: 1, at: 1 } }\n',
    });
    const before = await study.driftline('diff', 'start');
    expect(before.out).toContain('Not compared: 5 results');
    expect(before.out).toContain('is not up to date on the second side:');
    await study.driftline('run');
    const { out } = await study.driftline('diff', 'start', 'last');
    expect(out).toMatch(/^Code\n {2}levels: stages\/noisy\.ts$/m);
    expect(out).toContain('new stages: again');
    expect((await diff('start', 'last', '--stage', 'low')).tables).toEqual([]);
    expect((await study.driftline('diff', 'start', 'last', '--stage', 'nothing')).code).toBe(2);
    rmSync(join(study.root, 'parts', 'more.yaml'));
    study.write({ 'stages/noisy.ts': NOISY });
  });

  it('needs no valid study to compare two runs, and says what was removed from the store', async () => {
    const yaml = readFileSync(join(study.root, 'pipeline.yaml'), 'utf8');
    study.write({ 'pipeline.yaml': 'nonsense' });
    expect((await study.driftline('diff')).code).toBe(0);
    study.write({ 'pipeline.yaml': yaml });
    await study.driftline('gc', '--yes', '--grace', '0', '--keep-runs', '1');
    const [last, ...others] = await ids();
    expect(others).toHaveLength(1); // the tagged one
    expect((await diff('start', last)).incomparable).toEqual([]);
  });

  it('calls a run without a profile by that', async () => {
    await study.driftline('run', '--profile', 'far');
    const { out } = await study.driftline('diff', 'start', 'last');
    expect(out).toMatch(/^ {2}profile {2}none → far$/m);
  });
});
