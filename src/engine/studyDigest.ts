import { type Digest, digestOf } from '../store/canonical.ts';
import type { Plan } from '../study/plan.ts';
import type { LoadedKind } from './kinds.ts';
import { digestOfPlan } from './planCache.ts';

/** Of all that decides the keys of a study but the contents of its data files: its plan, and the code of its kinds. */
export const studyDigest = (plan: Plan, kinds: ReadonlyMap<string, LoadedKind>): Digest =>
  digestOf('study', {
    plan: digestOfPlan(plan),
    kinds: Object.fromEntries([...kinds].map(([uses, kind]) => [uses, kind.digest])),
  });
