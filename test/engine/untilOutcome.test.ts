import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sha256 } from '../../src/store/canonical.ts';
import { temporaryFolders } from '../store/folder.ts';
import { cell, echo, FakeStudy, kind, planOf, type Ran, stage, type Work } from './fakes.ts';
import { SAMPLE, untilNarrow, untilWork } from './untilWork.ts';

const folder = temporaryFolders();
const kindsUsed = [kind('fake'), SAMPLE];

/** Everything that a run left, by target. */
const bytesOf = ({ records }: Ran) =>
  Object.fromEntries([...records].map(([target, { outputs }]) => [target, JSON.stringify(outputs)]).sort());

it('has the outcome of a run from nothing, whatever rule was there before and whichever replicate ends first', async () => {
  const rule = fc.record({
    min: fc.integer({ min: 2, max: 4 }),
    more: fc.nat(6),
    relative: fc.constantFrom(0.1, 0.3, 0.5, 1, 3),
    jobs: fc.integer({ min: 1, max: 4 }),
    order: fc.integer({ min: 1, max: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(rule, { minLength: 2, maxLength: 4 }), async (rules) => {
      const study = new FakeStudy(folder());
      const replicates: string[] = [];
      for (const { min, more, relative, jobs, order } of rules) {
        const plan = planOf([
          stage('s', [cell({ i: 0 }, { i: 0 }), cell({ i: 1 }, { i: 1 })], untilNarrow(min, min + more, relative)),
        ]);
        const plain = untilWork(study, echo);
        const straight = new FakeStudy(folder());
        const work: Work = async (task, options) => {
          for (let at = Number.parseInt(sha256(task.target).slice(0, 4), 16) % order; at > 0; at--) await turn();
          return plain(task, options);
        };
        const ran = await study.run(plan, { kindsUsed, jobs, work });
        expect(bytesOf(ran)).toEqual(bytesOf(await straight.run(plan, { kindsUsed, work: untilWork(straight, echo) })));
        replicates.push(...ran.executed.filter((target) => /#\d+$/.test(target)));
      }
      expect(new Set(replicates).size).toBe(replicates.length);
    }),
    { numRuns: 6 },
  );
});
