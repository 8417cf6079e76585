import { lookAt, type StoppingRule } from '../../src/science/stats/sequential.ts';
import { canonical, sha256 } from '../../src/store/canonical.ts';
import type { PlannedStage, Until } from '../../src/study/plan.ts';
import { type FakeStudy, kind, type Work } from './fakes.ts';

/** A kind whose replicates give a number each, and whose combination lists what it was given. */
export const SAMPLE = kind('sample', { replicateOutputs: { part: { type: 'table' } } });

/** What makes a stage of that kind replicate until the number's interval is narrow enough. */
export const untilNarrow = (min: number, max: number, relative: number): Partial<PlannedStage> => ({
  uses: 'sample',
  replicates: max,
  until: { min, metric: { output: 'part', column: 'value' }, width: { relative }, confidence: 0.9 } satisfies Until,
});

/** The number that a seed draws: from ½ to 1½. */
export const drawnFrom = (seed: string): number => 0.5 + Number.parseInt(sha256(seed).slice(0, 12), 16) / 2 ** 48;

type Rule = StoppingRule & { readonly look: number };

/** Whether more replicates are needed, as a look decides it. */
export const asksForMore = (values: readonly number[], rule: Rule): boolean =>
  !lookAt(values, rule).isNarrow && rule.look < rule.looks.length;

/** Draws, looks and combines; anything else is left to `other`. */
export const untilWork =
  (study: FakeStudy, other: Work): Work =>
  (task, options) => {
    const { params, inputs, outputs, seed, looks = [] } = task;
    if ('decision' in outputs) {
      const rule = params as unknown as Rule;
      const values = [inputs.replicates].flat().map(({ digest }) => Number(study.cas.get(digest).toString()));
      const more = asksForMore(values, rule);
      return { decision: canonical({ rule: { ...rule }, values, more }), ...(more && { more: 'more' }) };
    }
    if ('part' in outputs) return { part: String((params as { constant?: boolean }).constant ? 1 : drawnFrom(seed)) };
    if (task.entry === 'combine') {
      const values = [inputs.part].flat().map(({ digest }) => Number(study.cas.get(digest).toString()));
      return { out: JSON.stringify({ params, values, looks }) };
    }
    return other(task, options);
  };
