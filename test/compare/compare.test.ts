import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareSides, isSame } from '../../src/compare/compare.ts';
import { canonical } from '../../src/store/canonical.ts';
import { GivenArchive, type GivenRun } from './archive.ts';

const archive = new GivenArchive();

const SUMMARY = {
  C: 'float64',
  x: 'float64',
  xLo: 'float64',
  xHi: 'float64',
  y: 'float64',
  replicates: 'int32',
} as const;
const summary = (x: number[], y = x.map(() => 0), half = 0.1) => ({
  schema: SUMMARY,
  columns: {
    C: x.map((_, at) => at + 2),
    x,
    xLo: x.map((value) => value - half),
    xHi: x.map((value) => value + half),
    y,
    replicates: x.map(() => 10),
  },
});
const simulated = (x: number[], y?: number[]): GivenRun => ({
  stages: {
    sim: {
      cells: Object.fromEntries(x.map((_, at) => [`C=${at + 2}`, { confidence: 0.95 }])),
      axes: ['C'],
      tables: { summary: summary(x, y) },
    },
  },
});

describe('parameters', () => {
  it('of the study and of stages are told from → to, each change once with the number of its cells', () => {
    const run = (lambda: number, n: number, cells: readonly number[]): GivenRun => ({
      params: { lambda, n },
      seed: 's',
      stages: { sim: { cells: Object.fromEntries(cells.map((C) => [`C=${C}`, { C, policy: { lambda } }])) } },
    });
    const { settings } = archive.diff(run(0.7, 10, [2, 3, 4]), run(0.8, 10, [3, 4, 5]));
    expect(settings).toEqual({
      params: [{ path: 'lambda', from: 0.7, to: 0.8 }],
      study: [],
      addedStages: [],
      removedStages: [],
      stages: [
        {
          stage: 'sim',
          addedCells: ['C=5'],
          removedCells: ['C=2'],
          cells: 2,
          changes: [{ path: 'with.policy.lambda', from: 0.7, to: 0.8, cells: 2 }],
        },
      ],
    });
  });

  it('say which stages came and went, and that profile and seed are others', () => {
    const { settings } = archive.diff(
      { stages: { a: {}, b: {} }, seed: 'one' },
      { stages: { b: {}, c: {} }, seed: 'two', profile: 'quick' },
    );
    expect(settings).toMatchObject({ addedStages: ['c'], removedStages: ['a'], stages: [] });
    expect(settings.study).toEqual([
      { path: 'profile', from: null, to: 'quick' },
      { path: 'seed', from: 'one', to: 'two' },
    ]);
  });
});

describe('code', () => {
  it('that differs is told by its files, once for all stages of a kind', () => {
    const run = (code: string): GivenRun => ({ stages: { a: { code }, b: { code: 'other' } } });
    expect(archive.diff(run('one'), run('two')).code).toEqual([
      { stages: ['a'], files: ['stages/a.ts'], packages: [] },
    ]);
  });
});

describe('numbers', () => {
  it('are within noise, beyond it, or changed with nothing to judge by', () => {
    const { tables } = archive.diff(simulated([1, 2, 3], [0, 0, 0]), simulated([1.05, 2, 4], [0, 7, 0]));
    expect(tables).toHaveLength(1);
    const [x, y] = tables[0].columns;
    expect(tables[0]).toMatchObject({ table: 'sim.summary', keys: ['C'], rows: { matched: 3, added: 0, removed: 0 } });
    expect(x.values.map(({ row, from, to, judgement }) => [row.C, from, to, judgement.state])).toEqual([
      [4, 3, 4, 'beyond'],
      [2, 1, 1.05, 'within'],
    ]);
    expect(x.values[0]).toMatchObject({ fromInterval: [2.9, 3.1], judgement: { by: 'welch' }, relative: 0.25 });
    expect(y.values).toMatchObject([{ row: { C: 3 }, from: 0, to: 7, judgement: { state: 'unjudged' }, scaled: 1 }]);
  });

  it('of the same bytes are not looked at, and rows without their like are counted', () => {
    const same = archive.diff(simulated([1, 2]), simulated([1, 2]));
    expect([same.tables, same.sameTables]).toEqual([[], ['sim.summary']]);
    const longer = archive.diff(simulated([1, 2]), simulated([1, 2, 3]));
    expect(longer.tables).toMatchObject([{ rows: { from: 2, to: 3, matched: 2, added: 1, removed: 0 }, columns: [] }]);
  });
});

describe('figures', () => {
  const figure = (mark: string, rows: object[], svg = 'svg'): GivenRun => ({
    stages: { fig: { figure: { mark, encoding: { x: { field: 'i' } }, datasets: { rows } }, files: { svg } } },
  });
  const rows = [
    { i: 0, tail: 1 },
    { i: 1, tail: 0.5 },
  ];

  it('are told by where the spec differs, and by rows and fields of the data', () => {
    const more = [
      { i: 1, tail: 0.4 },
      { i: 0, tail: 1 },
      { i: 2, tail: 0.1 },
    ];
    expect(archive.diff(figure('line', rows), figure('point', more)).figures).toEqual([
      {
        figure: 'fig',
        spec: [{ path: 'mark', from: 'line', to: 'point' }],
        data: [
          {
            name: 'rows',
            rows: { from: 2, to: 3 },
            added: 1,
            removed: 0,
            changed: 1,
            fields: [{ field: 'tail', changed: 1, largest: expect.closeTo(0.2, 12) }],
          },
        ],
        drawnOtherwise: [],
      },
    ]);
  });

  it('of the same spec and data that other code drew are told apart from those that are the same', () => {
    expect(archive.diff(figure('line', rows), figure('line', rows, 'other')).figures).toMatchObject([
      { spec: [], data: [], drawnOtherwise: ['svg'] },
    ]);
    expect(archive.diff(figure('line', rows), figure('line', rows)).sameFigures).toEqual(['fig']);
  });
});

describe('claims', () => {
  it('that moved, have other numbers or another test, are new or gone', () => {
    const { claims, sameClaims } = archive.diff(
      {
        claims: {
          moves: { verdict: 'supported', numbers: { x: 1 } },
          numbers: { verdict: 'refuted', numbers: { x: 1 } },
          test: { verdict: 'refuted' },
          same: { verdict: 'refuted' },
          gone: { verdict: 'supported' },
        },
      },
      {
        claims: {
          moves: { verdict: 'refuted', numbers: { x: 2 } },
          numbers: { verdict: 'refuted', numbers: { x: 3 } },
          test: { verdict: 'refuted', test: 'false' },
          same: { verdict: 'refuted' },
          fresh: { verdict: 'undecided' },
        },
      },
    );
    const base = { otherTest: false, numbers: [], rows: [] };
    expect(claims).toEqual([
      { ...base, id: 'fresh', from: null, to: 'undecided', moved: true },
      { ...base, id: 'gone', from: 'supported', to: null, moved: true },
      { ...base, id: 'moves', from: 'supported', to: 'refuted', moved: true, numbers: [{ path: 'x', from: 1, to: 2 }] },
      {
        ...base,
        id: 'numbers',
        from: 'refuted',
        to: 'refuted',
        moved: false,
        numbers: [{ path: 'x', from: 1, to: 3 }],
      },
      { ...base, id: 'test', from: 'refuted', to: 'refuted', moved: false, otherTest: true },
    ]);
    expect(sameClaims).toBe(1);
  });
});

describe('what is not there', () => {
  it('is named with the reason: failed, or removed from the store', () => {
    const own = new GivenArchive();
    const claims = { c: { verdict: 'supported' } };
    const [a, b] = [
      own.side({ ...simulated([1]), claims }),
      own.side({ ...simulated([2]), claims, failed: ['claim:c'] }),
    ];
    const { digest } = own.log.get(a.keys.get('sim.summary')!)!.outputs.table;
    own.blobs.delete(digest);
    const found = compareSides(a, b, own);
    expect(found.incomparable).toEqual([
      { target: 'claim:c', to: 'failed' },
      { target: 'sim.summary', from: 'removed' },
    ]);
    expect([found.tables, found.claims]).toEqual([[], []]);
  });

  it('for it was skipped is no removed claim', () => {
    const whole: GivenRun = { claims: { c: { verdict: 'supported' } } };
    const side = archive.side({ ...whole, complete: false });
    const found = compareSides(archive.side(whole), { ...side, keys: new Map() }, archive);
    expect(found).toMatchObject({ claims: [], incomparable: [{ target: 'claim:c', to: 'skipped' }] });
  });
});

describe('any comparison', () => {
  const value = fc.constantFrom(0, 1, 1.05, 2, 40);
  const runs: fc.Arbitrary<GivenRun> = fc
    .record({
      x: fc.array(value, { minLength: 1, maxLength: 4 }),
      y: value,
      lambda: value,
      code: fc.constantFrom('one', 'two'),
      mark: fc.constantFrom('line', 'point'),
      verdict: fc.constantFrom('supported', 'refuted', undefined),
      extra: fc.boolean(),
      profile: fc.constantFrom('quick', undefined),
    })
    .map(({ x, y, lambda, code, mark, verdict, extra, profile }) => ({
      params: { lambda },
      ...(profile !== undefined && { profile }),
      stages: {
        ...simulated(
          x,
          x.map(() => y),
        ).stages,
        other: { code, cells: { '': { lambda, list: [lambda, { code }] } } },
        fig: { figure: { mark, datasets: { rows: x.map((tail, i) => ({ i, tail })) } } },
        ...(extra && { extra: {} }),
      },
      claims: verdict === undefined ? {} : { c: { verdict, numbers: { y } } },
    }));

  it('of a run with itself finds nothing', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const found = archive.diff(run, run);
        expect(isSame(found)).toBe(true);
        expect(found.incomparable).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it('the other way round is the same with from and to exchanged', () => {
    fc.assert(
      fc.property(runs, runs, (a, b) => {
        expect(sorted(mirrored(archive.diff(b, a)))).toEqual(sorted(archive.diff(a, b)));
      }),
      { numRuns: 60 },
    );
  });
});

const OTHER: Readonly<Record<string, string>> = { from: 'to', fromInterval: 'toInterval', added: 'removed' };
const BACK = Object.fromEntries(Object.entries(OTHER).map(([name, other]) => [other, name]));

function exchanged(name: string): string {
  const other = OTHER[name] ?? BACK[name];
  if (other !== undefined) return other;
  return name.startsWith('added') ? name.replace('added', 'removed') : name.replace(/^removed/, 'added');
}

function mirrored(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mirrored);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [exchanged(name), mirrored(inner)]));
}

/** With lists in an order that does not depend on sides. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted).sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, sorted(inner)]));
}
