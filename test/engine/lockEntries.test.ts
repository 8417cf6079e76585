import { describe, expect, it } from 'vitest';
import { lockEntries } from '../../src/engine/lockEntries.ts';
import { temporaryFolders } from '../store/folder.ts';
import { cell, FakeStudy, kind, planOf, stage } from './fakes.ts';

const folder = temporaryFolders();

const combining = kind('combining', {
  seeded: true,
  replicateOutputs: { part: { type: 'table' } },
  outputs: { out: { type: 'table' } },
});
const KINDS = [kind('fake'), combining];
const outputs = { out: { type: 'table' }, svg: { type: 'file', extension: 'svg', optional: true } } as const;
const plan = planOf([
  stage('repeated', [cell({ C: 2 }), cell({ C: 3 })], { uses: 'combining', replicates: 2 }),
  stage('drawn', [cell({ k: 1 }), cell({ k: 2 })], { outputs }),
  stage('reader', [cell({}, {}, { rows: { from: 'stage', stage: 'drawn', output: 'out', where: { k: 1 } } })]),
  stage('claim:c', [cell({}, {}, { rows: 'reader.out' })], {
    outputs: { verdict: { type: 'file', extension: 'json' } },
  }),
]);

describe('lockEntries', () => {
  it('names gathered tables and files, and nothing on the way to them', async () => {
    const study = new FakeStudy(folder());
    const { records } = await study.run(plan, { kindsUsed: KINDS });
    const { results, pending } = lockEntries(study.context(plan, KINDS).graph.nodes.values(), records);
    expect([...results.keys()].sort()).toEqual([
      'drawn.out',
      'drawn[k=1].svg',
      'drawn[k=2].svg',
      'reader.out',
      'repeated.out',
    ]);
    expect(results.get('drawn.out')).toBe(records.get('drawn.out')!.outputs.table.digest);
    expect(pending).toEqual(new Set());
  });

  it('calls pending what has no record, but not an optional output that was left out', async () => {
    const study = new FakeStudy(folder());
    const { records } = await study.run(plan, {
      kindsUsed: KINDS,
      targets: ['drawn[k=1]'],
      work: () => ({ out: 'table' }),
    });
    const { results, pending } = lockEntries(study.context(plan, KINDS).graph.nodes.values(), records);
    expect(results).toEqual(new Map());
    expect([...pending].sort()).toEqual(['drawn.out', 'drawn[k=2].svg', 'reader.out', 'repeated.out']);
  });
});
