import { type ChainRates, stationaryDistribution } from './gth.ts';

/** A stationary law found by iteration, with how well it balances. */
export interface BalancedLaw {
  readonly status: 'converged' | 'undecided';
  readonly pi: Float64Array;
  /** Σ_j |inflow − outflow| of probability, as a share of all flow. */
  readonly residual: number;
  readonly cycles: number;
}

const RESIDUAL = 1e-14;
const MOST_CYCLES = 4000;

/**
 * Stationary law of a large sparse chain: symmetric Gauss–Seidel sweeps over π_j = Σ_i π_i q_ij / q_j, which need no
 * subtraction, alternating with an exact solve of the chain of groups (Koury, McAllister and Stewart, SIAM J. Alg.
 * Disc. Meth. 5, 1984). `group` should hold what relaxes slowest, such as the number of jobs. `start` is a first guess,
 * positive everywhere. Memory is that of the transitions.
 */
export function balanceByIteration(
  chain: ChainRates,
  group: Int32Array,
  start: Float64Array = new Float64Array(chain.size).fill(1),
): BalancedLaw {
  const { size } = chain;
  const { first, from, rates, leaving } = incoming(chain);
  const pi = Float64Array.from(start);
  const sweep = (j: number): void => {
    let sum = 0;
    for (let k = first[j]; k < first[j + 1]; k++) sum += pi[from[k]] * rates[k];
    pi[j] = sum / leaving[j];
  };
  const groups = group.reduce((most, g) => Math.max(most, g), 0) + 1;
  let residual = Number.POSITIVE_INFINITY;
  for (let cycle = 1; cycle <= MOST_CYCLES; cycle++) {
    aggregate(pi, group, groups, first, from, rates);
    for (let j = 0; j < size; j++) sweep(j);
    for (let j = size - 1; j >= 0; j--) sweep(j);
    if (cycle % 4 > 0) continue;
    residual = imbalance(pi, first, from, rates, leaving);
    if (residual <= RESIDUAL) return { status: 'converged', pi: normalise(pi), residual, cycles: cycle };
  }
  return { status: 'undecided', pi: normalise(pi), residual, cycles: MOST_CYCLES };
}

/** Transitions by their target: those into j are at first[j] … first[j + 1] − 1. Asks for each only once: telling may be slow. */
function incoming(chain: ChainRates) {
  const { size } = chain;
  const first = new Int32Array(size + 1);
  const leaving = new Float64Array(size);
  const sources: number[] = [];
  const targets: number[] = [];
  const speeds: number[] = [];
  for (let i = 0; i < size; i++) {
    chain.forEachTransition(i, (j, rate) => {
      if (j === i) return;
      first[j + 1]++;
      leaving[i] += rate;
      sources.push(i);
      targets.push(j);
      speeds.push(rate);
    });
    if (!(leaving[i] > 0)) throw new RangeError(`balanceByIteration: nothing leaves state ${i}`);
  }
  for (let j = 0; j < size; j++) first[j + 1] += first[j];
  const next = first.slice();
  const from = new Int32Array(first[size]);
  const rates = new Float64Array(first[size]);
  targets.forEach((j, at) => {
    from[next[j]] = sources[at];
    rates[next[j]++] = speeds[at];
  });
  return { first, from, rates, leaving };
}

/** Scales each group so that the groups balance among themselves. */
function aggregate(
  pi: Float64Array,
  group: Int32Array,
  groups: number,
  first: Int32Array,
  from: Int32Array,
  rates: Float64Array,
): void {
  const mass = new Float64Array(groups);
  const flow = new Float64Array(groups * groups); // into a group, by the group that it comes from
  for (let j = 0; j < pi.length; j++) {
    mass[group[j]] += pi[j];
    const into = group[j] * groups;
    for (let k = first[j]; k < first[j + 1]; k++) flow[into + group[from[k]]] += pi[from[k]] * rates[k];
  }
  const law = stationaryDistribution({
    size: groups,
    forEachTransition(g, visit) {
      for (let h = 0; h < groups; h++) {
        if (h !== g && flow[h * groups + g] > 0) visit(h, flow[h * groups + g] / mass[g]);
      }
    },
  });
  for (let j = 0; j < pi.length; j++) pi[j] *= law[group[j]] / mass[group[j]];
}

function imbalance(
  pi: Float64Array,
  first: Int32Array,
  from: Int32Array,
  rates: Float64Array,
  leaving: Float64Array,
): number {
  let difference = 0;
  let total = 0;
  for (let j = 0; j < pi.length; j++) {
    let inflow = 0;
    for (let k = first[j]; k < first[j + 1]; k++) inflow += pi[from[k]] * rates[k];
    const outflow = pi[j] * leaving[j];
    difference += Math.abs(inflow - outflow);
    total += outflow;
  }
  return difference / total;
}

function normalise(pi: Float64Array): Float64Array {
  let total = 0;
  for (const mass of pi) total += mass;
  return pi.map((mass) => mass / total);
}
