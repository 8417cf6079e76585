import { pairIndex } from '../exact/pairChain.ts';
import type { Decisions } from './pairControl.ts';

/** How a rule for two queues looks in the states with longer ≤ `depth`. */
export interface BoundaryShape {
  readonly depth: number;
  /** T(0), T(1), …: an arrival migrates iff its queue is longer than T(m), while T(m) < depth. */
  readonly thresholds: readonly number[];
  /** Whether the rule is one threshold for each m: from some length on every arrival migrates. */
  readonly isThreshold: boolean;
  /** Whether T never decreases. */
  readonly isMonotone: boolean;
  /** States in which the rule differs from its thresholds; 0 for a threshold rule. */
  readonly exceptions: number;
}

/** Reads T(m) as the length below the first longer one that migrates. */
export function boundaryShape(decisions: Decisions, depth: number): BoundaryShape {
  const thresholds: number[] = [];
  let exceptions = 0;
  for (let m = 0; m < depth; m++) {
    let longer = m + 1;
    while (longer <= depth && decisions[pairIndex(longer, m)] === 0) longer++;
    // A row without a migrant tells nothing of its threshold, except that it lies beyond the depth.
    if (longer > depth) break;
    thresholds.push(longer - 1);
    for (let above = longer; above <= depth; above++) exceptions += Number(decisions[pairIndex(above, m)] === 0);
  }
  const isMonotone = thresholds.every((t, m) => m === 0 || t >= thresholds[m - 1]);
  return { depth, thresholds, isThreshold: exceptions === 0, isMonotone, exceptions };
}
