import type { Policy } from '../../../src/science/policy/policy.ts';

/**
 * E[q] of n queues with at most `levels` jobs each, from the stationary law of the chain of their sorted lengths, by
 * Gauss–Seidel. Each arrival is worked out from the model itself, queue by queue: nothing of the mean field enters.
 */
export function exactMeanQueue(policy: Policy, lambda: number, n: number, levels: number): number {
  const d = policy.d as number;
  const states: number[][] = [];
  const indexOf = new Map<string, number>();
  const enumerate = (lengths: number[], least: number): void => {
    if (lengths.length === n) {
      indexOf.set(lengths.join(), states.length);
      states.push(lengths);
      return;
    }
    for (let q = least; q <= levels; q++) enumerate([...lengths, q], q);
  };
  enumerate([], 0);
  const into: { from: number; rate: number }[][] = states.map(() => []);
  const out = new Float64Array(states.length);
  const go = (from: number, lengths: readonly number[], queue: number, jobs: number, rate: number): void => {
    const next = [...lengths];
    next[queue] = Math.min(levels, next[queue] + jobs);
    const to = indexOf.get(next.sort((a, b) => a - b).join())!;
    if (to === from || rate === 0) return;
    into[to].push({ from, rate });
    out[from] += rate;
  };
  states.forEach((lengths, state) => {
    for (let origin = 0; origin < n; origin++) {
      if (lengths[origin] > 0) go(state, lengths, origin, -1, 1);
      for (let shortest = 0; shortest < n; shortest++) {
        // Among d draws with replacement none comes before `shortest` in the sorted order, but one is `shortest`.
        const probability = ((n - shortest) / n) ** d - ((n - shortest - 1) / n) ** d;
        const migrates = lengths[origin] >= policy.beta(lengths[shortest]);
        if (migrates) go(state, lengths, shortest, policy.K, lambda * probability);
        else go(state, lengths, origin, 1, lambda * probability);
      }
    }
  });
  const law = new Float64Array(states.length).fill(1 / states.length);
  for (let sweep = 0, change = 1; change > 1e-15 && sweep < 20_000; sweep++) {
    change = 0;
    let total = 0;
    for (let state = 0; state < law.length; state++) {
      let inflow = 0;
      for (const { from, rate } of into[state]) inflow += rate * law[from];
      const value = inflow / out[state];
      change = Math.max(change, Math.abs(value - law[state]));
      law[state] = value;
      total += value;
    }
    for (let state = 0; state < law.length; state++) law[state] /= total;
  }
  return states.reduce((sum, lengths, state) => sum + (law[state] * lengths.reduce((a, b) => a + b, 0)) / n, 0);
}
