import type { CensoredChain } from './gth.ts';

/** Long-run cost per unit of time, and what a start in each state costs beyond it. */
export interface GainAndBias {
  readonly gain: number;
  /** h, with h(0) = 0. */
  readonly bias: Float64Array;
}

/**
 * Solves Poisson's equation c(x) − g + Σ_y a(x, y)(h(y) − h(x)) = 0 of a chain with rates a and cost rates c ≥ 0. As the states
 * are censored out, each leaves its cost and its time to those that lead to it; state 0 alone is left with g = cost/time,
 * found without subtraction. Then h(n) follows from those below: only c(n) − g t(n) is ever a difference.
 */
export function solvePoisson(chain: CensoredChain, cost: ArrayLike<number>): GainAndBias {
  const { size, rowFirst, belowAt, below, columnFirst, aboveAt, above } = chain;
  const costs = Float64Array.from({ length: size }, (_, x) => cost[x]);
  const times = new Float64Array(size).fill(1);
  for (let n = size - 1; n > 0; n--) {
    for (let i = columnFirst[n]; i < n; i++) {
      const share = above[aboveAt[n] + i];
      costs[i] += share * costs[n];
      times[i] += share * times[n];
    }
  }
  const gain = costs[0] / times[0];
  const bias = new Float64Array(size);
  for (let n = 1; n < size; n++) {
    let sum = costs[n] - gain * times[n];
    let out = 0;
    for (let j = rowFirst[n]; j < n; j++) {
      const rate = below[belowAt[n] + j];
      sum += rate * bias[j];
      out += rate;
    }
    bias[n] = sum / out;
  }
  return { gain, bias };
}
