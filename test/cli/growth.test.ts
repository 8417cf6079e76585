import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { TemporaryStudy } from './study.ts';

const folder = temporaryFolders();

const STUDY = {
  'pipeline.yaml': `driftline: 1
study: Growth
seed: growth
params: { events: 20000 }
stages:
  queues:
    uses: simulate
    matrix: { C: [2, 3] }
    replicates: 3
    with:
      n: 10
      lambda: 0.7
      policy: { kind: abounce, C: "\${matrix.C}", d: 2, K: 2 }
      events: \${params.events}
      record: [tails, path, delay]
  steps: { uses: steps, replicates: 2, with: { steps: "\${params.events}" } }
`,
  // Tells in its own table where it went on from, which no honest kind would do: it shows what the engine hands over.
  'stages/steps.ts': `
import { Type } from '@sinclair/typebox';
import { defineStage, table } from 'driftline/stage';
const count = table({ from: 'float64', to: 'float64' });
export default defineStage({
  summary: 'Counts',
  params: Type.Object({ steps: Type.Integer() }),
  inputs: {},
  outputs: { count },
  grows: 'steps',
  replicates: { outputs: { count }, combine: ({ replicates }) => ({ count: replicates.count[0].columns as never }) },
  run({ params: { steps }, checkpoint, seed }) {
    const from = checkpoint.given === undefined ? 0 : Number(Buffer.from(checkpoint.given).toString().split(' ')[1]);
    checkpoint.save(steps, Buffer.from(seed + ' ' + steps));
    return { count: { from: [from], to: [steps] } };
  },
});
`,
};

const tables = (study: TemporaryStudy): string[] =>
  readdirSync(join(study.root, 'out', 'tables'))
    .filter((name) => name.startsWith('queues') && name.endsWith('.arrow'))
    .sort()
    .map((name) => readFileSync(join(study.root, 'out', 'tables', name)).toString('base64'));

const steps = (study: TemporaryStudy): string =>
  readFileSync(join(study.root, 'out', 'tables', 'steps.count.csv'), 'utf8');

describe('a larger value of the parameter that grows', () => {
  it('goes on from the smaller one, to the bytes of a straight run', async () => {
    const grown = new TemporaryStudy(folder(), STUDY);
    expect((await grown.driftline('run')).code).toBe(0);
    expect(steps(grown)).toContain('0,20000');
    expect((await grown.driftline('run', '--set', 'events=70000')).code).toBe(0);
    expect(steps(grown)).toContain('20000,70000');
    const straight = new TemporaryStudy(folder(), STUDY);
    await straight.driftline('run', '--set', 'events=70000');
    expect(steps(straight)).toContain('0,70000');
    expect(tables(grown)).toHaveLength(5); // tails, summary, path, delay, quantiles
    expect(tables(grown)).toEqual(tables(straight));
  });

  it('starts again where the checkpoint is damaged, or is of other code', async () => {
    const study = new TemporaryStudy(folder(), STUDY);
    await study.driftline('run');
    const root = join(study.root, '.driftline', 'checkpoints');
    for (const key of readdirSync(root)) {
      for (const at of readdirSync(join(root, key))) {
        const bytes = readFileSync(join(root, key, at));
        bytes[bytes.length >> 1] ^= 1;
        writeFileSync(join(root, key, at), bytes);
      }
    }
    await study.driftline('run', '--set', 'events=30000');
    expect(steps(study)).toContain('0,30000');
    appendFileSync(join(study.root, 'stages', 'steps.ts'), '\nexport const other = 1;\n');
    await study.driftline('run', '--set', 'events=40000');
    expect(steps(study)).toContain('0,40000');
  });
});
