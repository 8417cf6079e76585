import { balanceByIteration } from '../numeric/balanceIteration.ts';
import type { ChainRates } from '../numeric/gth.ts';
import type { Policy } from '../policy/policy.ts';
import { type OrderedStates, orderedArrivals, orderedStateCount, orderedStates, raised } from './orderedQueues.ts';

/** The critical arrival rate of a few queues. */
export interface FewThreshold {
  /**
   * `found`: stable below `lo`, not above `hi`; `no-threshold`: stable for every λ < 1, λ_c = 1; `undecided`: the
   * differences of lengths do not fit, and there are no numbers.
   */
  readonly status: 'found' | 'no-threshold' | 'undecided';
  readonly lambdaCritical: number | null;
  readonly lo: number | null;
  readonly hi: number | null;
  /** P(the longest queue exceeds the shortest by the largest difference kept) at λ_c. */
  readonly edgeMass: number | null;
  /** Largest difference kept. */
  readonly differences: number | null;
}

/** Half of what `lo` and `hi` are apart: far above the solver's error, checked by the sign of the drift at both. */
const MARGIN = 1e-10;
/** Measured, λ_c moves by a tenth of the mass at the edge. */
const EDGE = 1e-11;
const MOST_STATES = 40_000;
const STEPS = 60;
/** Differences kept beyond the gap at first. */
const FIRST_ROOM = 10;

/**
 * λ_c for n ≥ 2 queues and any d, in the saturated system: where no queue is ever empty, the differences to the shortest
 * queue are a chain of their own, whose law gives p_b(λ), and λ_c solves λ(1 + (K−1)p_b) = 1. The chain is cut at a
 * difference that has no mass; nothing is simulated. MBOUNCE keeps every λ < 1 (Theorem 3), as does K = 1 or never migrating.
 */
export function fewQueuesThreshold({ n, policy }: { readonly n: number; readonly policy: Policy }): FewThreshold {
  if (!(Number.isInteger(n) && n >= 1)) throw new RangeError(`n must be a positive integer, found ${n}`);
  const { kind, thresholds } = policy.spec;
  if (kind === 'none' || kind === 'mbounce' || policy.K === 1 || n === 1) {
    return { status: 'no-threshold', lambdaCritical: 1, lo: 1, hi: 1, edgeMass: 0, differences: 0 };
  }
  const far = kind === 'table' ? thresholds!.length : 0;
  const gap = policy.beta(far) - far;
  for (let levels = gap + policy.K + FIRST_ROOM; orderedStateCount(n - 1, levels) <= MOST_STATES; ) {
    const system = saturatedSystem(n, policy, gap, levels);
    const enough = (lambda: number): boolean => {
      const { longest } = system.solve(lambda);
      if (longest[levels] <= EDGE) return true;
      levels = enoughFor(longest, levels);
      return false;
    };
    if (!enough(1)) continue; // cheaper to find out than the root
    const root = solveDrift((lambda) => lambda * (1 + (policy.K - 1) * system.solve(lambda).migrating) - 1, policy.K);
    if (root === null) break;
    const differences = levels;
    if (!enough(root)) continue;
    const edgeMass = system.solve(root).longest[differences];
    return { status: 'found', lambdaCritical: root, lo: root - MARGIN, hi: root + MARGIN, edgeMass, differences };
  }
  return { status: 'undecided', lambdaCritical: null, lo: null, hi: null, edgeMass: null, differences: null };
}

/** Differences at which the edge has no mass, by the decay of the largest one's law near the edge of the last box. */
function enoughFor(longest: Float64Array, levels: number): number {
  const decay = Math.log(longest[levels - 5] / longest[levels - 1]) / 4;
  const more = Math.ceil(Math.log(longest[levels] / EDGE) / decay);
  return levels + (decay > 0 ? Math.min(Math.max(more, 2), levels) : levels);
}

/** The root of an increasing drift on [1/K, 1], by the Illinois method; null unless the sign changes within the margin. */
function solveDrift(drift: (lambda: number) => number, K: number): number | null {
  let [b, fb] = [1, drift(1)];
  if (!(fb > 0)) return null;
  // With p_b increasing the root is ≥ 1/(1 + drift(1)); all of it migrates at 1/K.
  let a = 1 / (1 + fb);
  let fa = drift(a);
  if (fa > 0) {
    a = 1 / K;
    fa = drift(a);
  }
  if (fa >= 0) return fa < MARGIN ? a : null;
  for (let step = 0; step < STEPS; step++) {
    const c = b - (fb * (b - a)) / (fb - fa);
    const fc = drift(c);
    if (fc > 0 === fb > 0) fa /= 2;
    else [a, fa] = [b, fb];
    [b, fb] = [c, fc];
    if (Math.abs(fc) < MARGIN / 100) return drift(c - MARGIN) < 0 && drift(c + MARGIN) > 0 ? c : null;
  }
  return null;
}

/** p_b(λ) and the law of the largest difference, each solve starting from the law of the last. */
function saturatedSystem(n: number, policy: Policy, gap: number, levels: number) {
  const states = orderedStates(n - 1, levels);
  const group = Int32Array.from({ length: states.size }, (_, state) => states.lengths[state * (n - 1)]);
  let pi: Float64Array | undefined;
  return {
    solve(lambda: number): { migrating: number; longest: Float64Array } {
      const law = balanceByIteration(differenceChain(policy, gap, lambda, states, levels), group, pi);
      pi = law.pi;
      let migrating = 0;
      const longest = new Float64Array(levels + 1);
      for (let state = states.size - 1; state >= 0; state--) {
        const lengths = withShortest(states, state);
        longest[lengths[0]] += pi[state];
        for (const outcome of orderedArrivals(lengths, policy.d, (m) => m + gap)) {
          if (outcome.migrates) migrating += pi[state] * outcome.probability;
        }
      }
      return { migrating, longest };
    },
  };
}

/** Differences to the shortest queue, itself at 0 and last. */
function withShortest(states: OrderedStates, state: number): Int32Array {
  const lengths = new Int32Array(states.width + 1);
  lengths.set(states.lengths.subarray(state * states.width, (state + 1) * states.width));
  return lengths;
}

/** The differences in the saturated system, where a departure is possible at every queue. */
function differenceChain(
  policy: Policy,
  gap: number,
  lambda: number,
  states: OrderedStates,
  levels: number,
): ChainRates {
  const n = states.width + 1;
  return {
    size: states.size,
    forEachTransition(state, visit) {
      const lengths = withShortest(states, state);
      const go = (next: Int32Array, rate: number): void => {
        const shortest = next[n - 1];
        for (let place = 0; place < n; place++) next[place] = Math.min(levels, next[place] - shortest);
        const target = states.indexOf(next);
        if (target !== state) visit(target, rate);
      };
      for (let place = 0; place < n; place++) {
        if (lengths[place] === lengths[place + 1]) continue; // the last of its length departs
        const next = lengths.slice();
        next[place]--;
        go(next, place + 1 - lengths.indexOf(lengths[place]));
      }
      for (const { probability, migrates, place } of orderedArrivals(lengths, policy.d, (m) => m + gap)) {
        go(raised(lengths, place, migrates ? policy.K : 1), n * lambda * probability);
      }
    },
  };
}
