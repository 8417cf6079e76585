import { expect, it } from 'vitest';
import { survives } from '../soak/crash.ts';
import { scene } from '../soak/crashScene.ts';
import { changingImports, hookText } from '../soak/imports.ts';

const { victim, expected, counts } = await scene();

it('numbers every kind of call that changes a file of the store', () => {
  const state = ['actions.log', 'actions.manifests', 'cas', 'checkpoints', 'kinds', 'plans', 'runs', 'standing'];
  for (const path of state) expect(counts.get(`writeSync .driftline/${path}`), path).toBeGreaterThan(0);
  for (const path of ['actions.log', 'actions.manifests', 'cas', 'kinds', 'plans', 'runs']) {
    expect(counts.get(`fsyncSync .driftline/${path}`), path).toBeGreaterThan(0);
  }
  expect(counts.get('linkSync out/tables')).toBeGreaterThan(0);
  expect(counts.get('renameSync out/tables')).toBeGreaterThan(0);
});

it('leaves out no function by which the program changes files', () => {
  const { calls, promises } = changingImports();
  expect(calls.length).toBeGreaterThan(5);
  expect(promises.length).toBeGreaterThan(2);
  const unknown = (names: readonly string[]) => names.filter((name) => !new RegExp(`\\b${name}\\b`).test(hookText()));
  expect([unknown(calls), unknown(promises)]).toEqual([[], []]);
});

// A sample; `npm run test:soak` kills at every class of call.
it.each([
  ['before a blob gets its name', { at: 'renameSync .driftline/cas', n: 5, torn: false }],
  ['within a record', { at: 'writeSync .driftline/actions.log', n: 6, torn: true }],
])('a run killed %s goes on to the results of an undisturbed one', async (_, point) => {
  expect(await survives(victim, point, expected)).toBe(true);
});
