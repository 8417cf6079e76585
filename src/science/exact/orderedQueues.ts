import type { ChainRates } from '../numeric/gth.ts';
import { integerPower } from '../numeric/power.ts';
import type { Policy } from '../policy/policy.ts';

/** The lengths of a few queues without their names, longest first, which the symmetry of the model allows. */
export interface OrderedStates {
  /** Coordinates of a state. */
  readonly width: number;
  readonly size: number;
  /** Lengths of state s at s·width … s·width + width − 1, not increasing. */
  readonly lengths: Int32Array;
  /** Number of the state with the lengths given, longest first. */
  indexOf(lengths: ArrayLike<number>): number;
}

/** C(levels + width, width), the states of `width` ordered lengths 0 … levels. */
export function orderedStateCount(width: number, levels: number): number {
  let count = 1;
  for (let k = 1; k <= width; k++) count = (count * (levels + k)) / k;
  return count;
}

/** All states of `width` ordered lengths 0 … levels, by the longest, then the next (combinatorial number system). */
export function orderedStates(width: number, levels: number): OrderedStates {
  // choose[j][a] = C(a + width − 1 − j, width − j): states whose j-th length is below a, given those before it
  const choose = Array.from({ length: width }, (_, j) =>
    Float64Array.from({ length: levels + 1 }, (_, a) => (a === 0 ? 0 : orderedStateCount(width - j, a - 1))),
  );
  const size = orderedStateCount(width, levels);
  const lengths = new Int32Array(size * width);
  const current = new Int32Array(width);
  for (let state = 0; state < size; state++) {
    lengths.set(current, state * width);
    let j = width - 1;
    while (j > 0 && current[j] === current[j - 1]) j--;
    current[j]++;
    current.fill(0, j + 1);
  }
  return {
    width,
    size,
    lengths,
    indexOf(state) {
      let index = 0;
      for (let j = 0; j < width; j++) index += choose[j][state[j]];
      return index;
    },
  };
}

/** What an arrival in a state may do: at a queue of length `origin`, it joins it or makes K pieces at one of length `joined`. */
export interface OrderedArrival {
  /** Of all arrivals at any queue. */
  readonly probability: number;
  readonly migrates: boolean;
  /** First place, in the order of lengths, of a queue that is as long as the one joined. */
  readonly place: number;
  /** Length joined, before. */
  readonly joined: number;
}

/**
 * The outcomes of an arrival at a uniform queue of a state, lengths longest first: P(all of d samples ≥ m) is the d-th power
 * of the share of such queues, for samples are drawn with replacement and regardless of the origin.
 */
export function orderedArrivals(
  lengths: ArrayLike<number>,
  d: Policy['d'],
  beta: (m: number) => number,
): OrderedArrival[] {
  const n = lengths.length;
  const atLeast = (count: number): number => (d === 'all' ? Number(count === n) : integerPower(count / n, d));
  const starts = Array.from({ length: n }, (_, place) => place).filter(
    (place) => place === 0 || lengths[place] !== lengths[place - 1],
  );
  const countTo = (k: number): number => (k + 1 < starts.length ? starts[k + 1] : n);
  const outcomes: OrderedArrival[] = [];
  starts.forEach((origin, k) => {
    const share = (countTo(k) - origin) / n;
    let stays = 0;
    starts.forEach((place, j) => {
      const sampled = atLeast(countTo(j)) - atLeast(place);
      if (sampled <= 0) return;
      const joined = lengths[place];
      if (lengths[origin] < beta(joined)) stays += sampled;
      else outcomes.push({ probability: share * sampled, migrates: true, place, joined });
    });
    if (stays > 0) {
      outcomes.push({ probability: share * stays, migrates: false, place: origin, joined: lengths[origin] });
    }
  });
  return outcomes;
}

/** Lengths with the queue at `place`, the first of its length, raised by `pieces`; still longest first. */
export function raised(lengths: Int32Array, place: number, pieces: number): Int32Array {
  const next = lengths.slice();
  const length = next[place] + pieces;
  let at = place;
  for (; at > 0 && next[at - 1] < length; at--) next[at] = next[at - 1];
  next[at] = length;
  return next;
}

/**
 * n queues on 0 … levels each. Pieces that would lift a queue above `levels` are lost; the mass of the states at
 * that edge says how much this matters.
 */
export function orderedChain(policy: Policy, lambda: number, states: OrderedStates, levels: number): ChainRates {
  const beta = betaLookup(policy, levels);
  const n = states.width;
  return {
    size: states.size,
    forEachTransition(state, visit) {
      const lengths = states.lengths.subarray(state * n, (state + 1) * n);
      for (let place = 0; place < n; place++) {
        if (lengths[place] === 0 || lengths[place] === lengths[place + 1]) continue; // the last of its length departs
        const next = lengths.slice();
        next[place]--;
        visit(states.indexOf(next), place + 1 - lengths.indexOf(lengths[place]));
      }
      for (const { probability, migrates, place } of orderedArrivals(lengths, policy.d, beta)) {
        const next = raised(lengths, place, migrates ? policy.K : 1);
        next[0] = Math.min(levels, next[0]);
        const target = states.indexOf(next);
        if (target !== state) visit(target, n * lambda * probability);
      }
    },
  };
}

/** β with its values looked up: its exact arithmetic would dominate the assembly. */
export function betaLookup(policy: Policy, levels: number): (m: number) => number {
  const beta = Array.from({ length: levels + 1 }, (_, m) => policy.beta(m));
  return (m) => beta[m];
}
