import { expect, it } from 'vitest';
import { EditedStudy, PLAINLY } from './equivalence/editedStudy.ts';
import type { Edit, Way } from './equivalence/edits.ts';
import type { StudyModel } from './equivalence/model.ts';
import { checkEdits } from './equivalence/property.ts';

// `npm run test:soak` does it with thousands of edits.
it('runs what it forecasts, nothing twice, and gives what a run from scratch gives, after any edits', async () => {
  expect(await checkEdits(8, 6, 1)).toBeGreaterThan(15);
}, 120_000);

/** One stage that grows, has two replicates and an input. */
const GROWN: StudyModel = {
  seed: 0,
  param: 0,
  profile: false,
  set: false,
  reversed: false,
  stages: [
    {
      uses: 'grown',
      present: true,
      name: 's0',
      apart: false,
      x: 0,
      global: false,
      shape: 'list',
      axis: [],
      exclude: [],
      include: [],
      replicates: 2,
      until: undefined,
      steps: 2,
      keep: 0,
      confidence: 0,
      inputs: [{ file: 'a.csv' }],
      shell: false,
      json: false,
      cpus: 1,
      retry: 1,
    },
  ],
  code: { plain: 0, lossy: 0, maybe: 0, drawn: 0, combined: 0, grown: 0, reads: 0, program: 0 },
  comments: 0,
  files: { 'a.csv': 0, 'a.json': 0, 'spec.json': 0, 'tool.py': 0, 'lib.py': 0 },
};

const seed = (to: number): Edit => ({ edit: 'seed', to });
const steps = (to: number): Edit => ({ edit: 'stage', at: 0, change: { steps: to } });
const failing = (keepGoing: boolean): Partial<Way> => ({ fails: { stage: 0, keepGoing } });

/** Edits before each run, and how it is run. Chance seldom finds the way to what these try. */
it.each<[string, (readonly [readonly Edit[], Partial<Way>?])[]]>([
  ['goes on from no checkpoint of another input', [[[{ edit: 'file', of: 'a.csv', to: 1 }]], [[steps(5)]]]],
  ['goes on from no checkpoint that was cut short', [[[{ edit: 'cut checkpoints', bytes: 3 }, steps(5)]]]],
  ['accepts no other result', [[[{ edit: 'code', ofStage: 0, to: 1 }, { edit: 'accept' }]]]],
  ['verifies a run that grew', [[[steps(5)]], [[{ edit: 'verify' }]]]],
  ['goes on after a stop', [[[seed(1), { edit: 'stop', after: 1, jobs: 2 }]]]],
  [
    'computes nothing that another run at once computes',
    [[[seed(1), steps(6), steps(6), { edit: 'run beside', steps: 1 }]]],
  ],
  [
    'takes what another checkout computed, and computes what a shared cache lost',
    [
      [[seed(1)], { shared: true }],
      [[{ edit: 'delete store' }], { shared: true }],
      [
        [{ edit: 'run elsewhere', steps: 2 }, { edit: 'lose shared blobs' }, { edit: 'delete store' }],
        { shared: true },
      ],
    ],
  ],
  [
    'tells of everything where actions fail, and tries again what may be tried again',
    [
      [[seed(1)], failing(true)],
      [[seed(2)], failing(false)],
      [[seed(3)], { fails: 'once' }],
    ],
  ],
])('%s', async (_, runs) => {
  const study = new EditedStudy(GROWN);
  try {
    await study.check();
    for (const [edits, way] of runs) {
      for (const edit of edits) await study.apply(edit);
      await study.check({ ...PLAINLY, ...way });
    }
    await study.check();
  } finally {
    study.remove();
  }
});
