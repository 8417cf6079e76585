import type { ReportClaim, ReportFigure, ReportModel, ReportStage, ReportTable } from '../../src/report/model.ts';

/** Draws a specification; the tests that do not look at drawings take a small one. */
export type Draw = (spec: Readonly<Record<string, unknown>>) => string;

const smallDrawing: Draw = () =>
  '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="320" viewBox="0 0 640 320"><path d="M0 0L640 320" stroke="#333"/></svg>';

const THRESHOLDS = [2, 3, 4, 6, 8];
const LEVELS = Array.from({ length: 16 }, (_, index) => index + 1);

/** Tails that fall the faster the smaller the threshold: not the study's numbers, only of their shape. */
const tailRows = THRESHOLDS.flatMap((C) =>
  LEVELS.map((i) => {
    const tail = 0.75 ** (i * (1 + i / (2 * C)));
    return { C, i, tail, lo: tail * 0.96, hi: tail * 1.04, predicted: tail * 1.01, none: 0.75 ** i };
  }),
);

const figure4: Readonly<Record<string, unknown>> = {
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  background: 'white',
  width: 560,
  height: 320,
  data: { values: tailRows },
  encoding: {
    x: { field: 'i', type: 'quantitative', title: 'queue length i' },
    color: { field: 'C', type: 'ordinal', title: 'C', scale: { scheme: 'viridis' } },
  },
  layer: [
    {
      mark: { type: 'errorband', opacity: 0.25 },
      encoding: {
        y: { field: 'lo', type: 'quantitative', scale: { type: 'log' }, title: 'fraction of queues ≥ i' },
        y2: { field: 'hi' },
      },
    },
    { mark: 'point', encoding: { y: { field: 'tail', type: 'quantitative', scale: { type: 'log' } } } },
    { mark: 'line', encoding: { y: { field: 'predicted', type: 'quantitative', scale: { type: 'log' } } } },
    {
      mark: { type: 'line', color: 'black', strokeDash: [5, 3] },
      encoding: { y: { field: 'none', type: 'quantitative', scale: { type: 'log' } }, color: { value: 'black' } },
    },
  ],
};

const pathRows = [0.77, 0.79].flatMap((lambda) =>
  [0, 1, 2].flatMap((path) =>
    Array.from({ length: 120 }, (_, step) => ({
      lambda,
      path,
      time: step * 500,
      meanQueue:
        2.6 + 0.4 * Math.sin(step / 5 + path * 2) + (lambda > 0.78 ? 0.05 * step + 0.3 * Math.sin(step / 9 + path) : 0),
    })),
  ),
);

const figure3: Readonly<Record<string, unknown>> = {
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  background: 'white',
  data: { values: pathRows },
  mark: { type: 'line', strokeWidth: 1 },
  width: 270,
  height: 220,
  encoding: {
    column: { field: 'lambda', type: 'ordinal', title: 'λ' },
    x: { field: 'time', type: 'quantitative', title: 'time' },
    y: { field: 'meanQueue', type: 'quantitative', title: 'mean queue' },
    detail: { field: 'path' },
  },
};

const files = (name: string) =>
  Object.fromEntries(['svg', 'png', 'pdf', 'vl.json'].map((format) => [format, `../figures/${name}.${format}`]));

const figure = (name: string, title: string, description: string, spec: ReportFigure['spec'], draw: Draw) =>
  ({
    name,
    stage: name,
    title,
    description,
    spec,
    svg: draw(spec),
    files: files(name),
    tables: [name === 'figure-3' ? 'figure-3-slopes.table' : `${name}-rows.table`],
    made: [
      { file: `experiments/${name}.yaml`, text: `${name}:\n  uses: figure\n  with: { spec: figures/${name}.vl.yaml }` },
      { file: `experiments/figures/${name}.vl.yaml`, text: '# A specification.\nmark: line\n' },
    ],
    command: `bin/driftline run ${name} --profile quick`,
  }) satisfies ReportFigure;

function table(
  name: string,
  columns: readonly string[],
  types: readonly string[],
  rows: ReportTable['rows'],
  total = rows.length,
) {
  return {
    name,
    columns,
    types,
    rows,
    total,
    files: { csv: `../tables/${name}.csv`, arrow: `../tables/${name}.arrow` },
  } satisfies ReportTable;
}

const hex = (seed: number) =>
  Array.from({ length: 64 }, (_, index) => ((seed * 31 + index * 7 + ((seed * index) % 13)) % 16).toString(16)).join(
    '',
  );

function stage(
  name: string,
  kind: string,
  cells: readonly string[],
  seconds: number,
  extra: Partial<ReportStage> = {},
): ReportStage {
  return {
    name,
    kind,
    cells: cells.length,
    replicates: null,
    executed: cells.length,
    cached: 0,
    failed: 0,
    seconds,
    keys: cells.map((cell, index) => ({
      cell,
      key: hex(index + name.length * 17),
      status: 'executed',
      seconds: seconds / cells.length,
    })),
    ...extra,
  };
}

const claim = (
  given: Partial<ReportClaim> & Pick<ReportClaim, 'id' | 'says' | 'chapter' | 'verdict' | 'test'>,
): ReportClaim => ({
  rows: 0,
  holds: 0,
  fails: 0,
  unknown: 0,
  numbers: {},
  decisive: [],
  ...given,
});

const FIGURE_3 = 'experiments/figure-3.yaml';
const FIGURE_4 = 'experiments/figure-4.yaml';
const THEOREM_2 = 'experiments/theorem-2.yaml';

const CLAIMS: readonly ReportClaim[] = [
  claim({
    id: 'figure-3-stable-at-077',
    says: 'The system is clearly stable when λ = 0.77',
    source: 'Section III, Figure 3',
    chapter: FIGURE_3,
    verdict: 'supported',
    rows: 1,
    holds: 1,
    numbers: { slope: -1.234e-7, lambdaCritical: 0.784913, lo: 0.78311, hi: 0.78672 },
    decisive: [{ lambda: 0.77, slope: -1.234e-7, lo: -9.1e-6, hi: 8.8e-6, verdict: 'stable' }],
    test: { rows: { from: 'figure-3-slopes.table', where: { lambda: 0.77 } }, every: "d => d.verdict == 'stable'" },
  }),
  claim({
    id: 'figure-3-unstable-at-079',
    says: 'The system is unstable when λ = 0.79',
    source: 'Section III, Figure 3',
    chapter: FIGURE_3,
    verdict: 'undecided',
    rows: 20,
    holds: 9,
    fails: 0,
    unknown: 2,
    numbers: { slope: 4.2e-6 },
    note: 'Half a million events a path are too few to tell the slope from nought on every path; the profile `paper` has forty times as many.',
    test: {
      rows: { from: 'figure-3-slopes.table', where: { lambda: 0.79 } },
      every: 'd => d.lo > 0',
      refutes: 'd => d.hi < 0',
      numbers: { slope: 'd => op.mean(d.slope)' },
    },
  }),
  claim({
    id: 'figure-4-lighter-tails',
    says: 'Every additive threshold shown has a *lighter tail* than no sharing from i = 6 on',
    source: 'Figure 4',
    chapter: FIGURE_4,
    verdict: 'supported',
    rows: 55,
    holds: 55,
    numbers: { smallestRatio: 3.0712, largestRatio: 20481.4 },
    decisive: tailRows.slice(0, 3),
    columns: ['C', 'i', 'tail', 'none'],
    test: { rows: 'figure-4-rows.table', every: 'd => d.hi < d.none', where: 'd => d.i >= 6' },
  }),
  claim({
    id: 'theorem-2-condition-1',
    says: 'By separately considering the drift in each of these sets, it can be verified that for λ > λ* condition (I) also holds',
    source: 'Theorem 2, proof',
    chapter: THEOREM_2,
    verdict: 'refuted',
    rows: 441,
    holds: 420,
    fails: 21,
    numbers: { worstDrift: -0.111111111, states: 21, printed: 0.886618, exact: 0.894104 },
    note: 'V has a downward kink at q₁ = q₂, where the drift is −C(1−λ)/(1+λ) at **every** λ. Summing |q₁−q₂−ℓ| over ℓ = −C..C repairs it.',
    decisive: Array.from({ length: 4 }, (_, k) => ({ q1: k + 1, q2: k + 1, drift: '-1/9', decimal: -0.1111111111 })),
    test: {
      rows: 'theorem-2-drift.states',
      every: 'd => d.drift >= 0',
      numbers: { worstDrift: 'd => op.min(d.drift)' },
    },
  }),
  claim({
    id: 'theorem-2-interval',
    says: 'For K = C = 2 the system is unstable on the whole of (0.8866, 0.8941)',
    source: 'Theorem 2',
    chapter: THEOREM_2,
    verdict: 'missing',
    test: { rows: 'theorem-2-exact.summary', some: 'd => d.lambdaCritical < 0.8866' },
  }),
];

const SOURCE_4 = `# yaml-language-server: $schema=../schema/study.schema.json
title: Figure 4, tails under additive thresholds
stages:
  tails-additive:
    uses: simulate
    matrix: { C: [2, 3, 4, 6, 8] }        # the paper's grid
    replicates: \${params.replicates}
    with:
      n: \${params.n}
      policy: { kind: abounce, C: "\${matrix.C}", d: "\${params.d}" }
claims:
  figure-4-lighter-tails:
    says: Every additive threshold shown has a *lighter tail* than no sharing from i = 6 on
    test: { rows: figure-4-rows.table, every: "d => d.hi < d.none", where: "d => d.i >= 6" }
`;

/** A report as a run of the first study might give it, with every verdict and both kinds of figure. */
export function sampleModel(draw: Draw = smallDrawing): ReportModel {
  return {
    study: 'Load balancing with migration penalties',
    description:
      'Farias, Moallemi and Prabhakar ask whether simple migration policies can shorten queues **without losing throughput** when a job that migrates becomes K jobs. Every figure and every claim of the paper is computed again here.',
    profile: 'quick',
    params: {
      n: 100,
      K: 2,
      d: 10,
      lambda: 0.75,
      events: 500000,
      replicates: 4,
      C: THRESHOLDS,
      alpha: ['1.1', '1.5', 2, 3],
    },
    seed: 'migration-2005',
    version: '0.1.0',
    accepted: [],
    run: {
      id: '20261123T032941Z-7f3a',
      startedAt: '2026-11-23T03:29:41.000Z',
      seconds: 38.42,
      executed: 61,
      cached: 12,
      failed: 1,
      jobs: 2,
    },
    command: 'npm start -- --profile quick --set events=500000',
    changes: {
      tags: ['submitted'],
      run: '20261120T101500Z-11aa',
      startedAt: '2026-11-20T10:15:00.000Z',
      moved: [{ id: 'figure-3-unstable-at-079', from: 'supported', to: 'undecided' }],
      counts: { beyond: 2, within: 14, unjudged: 3 },
      beyond: [
        {
          table: 'tails-additive.summary',
          column: 'jobDelay',
          row: { C: 2 },
          from: 2.74448,
          to: 2.93965,
          fromInterval: [2.698, 2.791],
          toInterval: [2.807, 3.072],
          relative: 0.0664,
          p: 0.0474,
        },
        { table: 'gone.table', column: 'tail', row: { C: 3, i: 1 }, from: 0.857, to: 0.874, relative: 0.0195 },
      ],
      figures: ['figure-4', 'figure-9'],
      settings: [{ name: 'lambda', from: 0.74, to: 0.75 }],
      code: ['stages/simulate.ts'],
      incomparable: 1,
      same: false,
    },
    claims: CLAIMS,
    chapters: [
      {
        file: FIGURE_3,
        title: 'Figure 3: stability under additive thresholds',
        about:
          'Twenty sample paths at λ = 0.77 and at λ = 0.79. A path *grows* where the lower end of the interval for its slope is above 0.\n\nThe critical rate solves $\\lambda\\,(1 + (K-1)\\,p_b) = 1$ in the saturated system, so it needs no long paths: $\\lambda_c = \\sup\\{\\lambda : p_b < 1\\}$ and $$\\frac{1}{2}\\tag{1}$$\n\n- the mean field gives about 0.783;\n- `threshold` with `method: saturated` gives the value for n = 100.',
        source: 'title: Figure 3\nstages: {}\n',
        claims: ['figure-3-stable-at-077', 'figure-3-unstable-at-079'],
        figures: [
          figure(
            'figure-3',
            'Figure 3.',
            'Mean queue along sample paths of ABOUNCE(2, 10), K = 2, n = 100; *left* λ = 0.77, *right* 0.79.',
            figure3,
            draw,
          ),
        ],
        tables: [
          table(
            'figure-3-slopes.table',
            ['lambda', 'path', 'slope', 'lo', 'hi', 'verdict'],
            ['float64', 'int32', 'float64', 'float64', 'float64', 'utf8'],
            Array.from({ length: 20 }, (_, path) => [
              0.79,
              path,
              4.2e-6 * (1 + (path % 7)),
              -1e-7,
              path === 3 ? null : 8.1e-6,
              path % 3 === 0 ? 'undecided' : 'unstable',
            ]),
          ),
        ],
        stages: [
          stage(
            'figure-3-paths',
            'simulate',
            ['lambda=0.77 #1', 'lambda=0.77 #2', 'lambda=0.79 #1', 'lambda=0.79 #2'],
            12.3,
            { cells: 2, replicates: 2, params: { n: 100, lambda: 0.77, record: ['path'] } },
          ),
          stage('figure-3', 'figure', [''], 0.84),
        ],
      },
      {
        file: FIGURE_4,
        title: 'Figure 4: tails under additive thresholds',
        about:
          'Fractions of queues with at least i jobs, on a logarithmic axis, for C ∈ {2, 3, 4, 6, 8}, beside λⁱ, which no sharing gives.',
        source: SOURCE_4,
        claims: ['figure-4-lighter-tails'],
        figures: [
          figure(
            'figure-4',
            'Figure 4.',
            'Queue-size tails of ABOUNCE(C, 10) with simultaneous 95 % bands, their mean field (lines) and no sharing (dashed); n = 100, λ = 0.75, K = 2.',
            figure4,
            draw,
          ),
        ],
        tables: [
          table(
            'figure-4-rows.table',
            ['C', 'i', 'tail', 'lo', 'hi', 'predicted', 'none'],
            ['float64', 'int32', 'float64', 'float64', 'float64', 'float64', 'float64'],
            tailRows.map((row) => [row.C, row.i, row.tail, row.lo, row.hi, row.predicted, row.none]),
            1240,
          ),
          table(
            'tails-additive.summary',
            ['C', 'meanQueue', 'jobDelay', 'events'],
            ['float64', 'float64', 'float64', 'float64'],
            THRESHOLDS.map((C) => [C, 2 + 1 / C, 2.5 + 1 / C, 20000000]),
          ),
        ],
        stages: [
          stage(
            'tails-additive',
            'simulate',
            THRESHOLDS.flatMap((C) => [1, 2, 3, 4].map((r) => `C=${C} #${r}`)),
            64.2,
            { cells: 5, replicates: 4, executed: 8, cached: 12 },
          ),
          stage('figure-4-rows', 'join', [''], 0.031),
          stage('figure-4', 'figure', [''], 1.2),
          stage('claim:figure-4-lighter-tails', 'driftline:claim', [''], 0.012),
        ],
      },
      {
        file: THEOREM_2,
        title: 'Theorem 2: instability for two queues',
        source: 'title: Theorem 2\n',
        claims: ['theorem-2-condition-1', 'theorem-2-interval'],
        figures: [],
        tables: [
          table(
            'theorem-2-drift.states',
            ['q1', 'q2', 'drift'],
            ['int32', 'int32', 'utf8'],
            [
              [1, 1, '-1/9'],
              [2, 2, '-1/9'],
            ],
            441,
          ),
        ],
        stages: [
          stage('theorem-2-drift', 'drift', [''], 0.21),
          stage('theorem-2-exact', 'threshold', [''], 0, {
            executed: 0,
            failed: 1,
            keys: [{ cell: '', key: hex(5), status: 'failed', seconds: 0.002 }],
          }),
        ],
      },
    ],
  };
}
