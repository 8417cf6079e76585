import { type ChiSquareRule, chiSquareRule } from '../numeric/chiSquareRule.ts';
import { normalTails } from '../numeric/normal.ts';
import { tUpperQuantile } from '../numeric/studentT.ts';

/** Nodes of a rule: by them the error is known to about 1e-4 of itself. */
const NODES = 160;

/** Of what was asked before: the cells of a stage ask for the same. */
const known = new Map<string, number>();

/**
 * The confidence c′ that each interval has to have, so that the one at which one stops holds the mean with confidence c,
 * where one looked after n₁ < n₂ < … < n_J normal replications and went by how widely they spread.
 *
 * A mean x̄_n is independent of the residuals of the first n replications, hence of all the spreads S up to there: what
 * decides to stop by the spread, be it of this measure or of others normal jointly with it, at any width, tells nothing of
 * the mean's error (this is why Stein's two stages are exact: Ann. Math. Statist. 16, 1945). What suffers is only the
 * interval, which is too narrow where S is small by chance. With U_j = ν_j S_j²/σ², ν_j = n_j − 1, an interval at look j
 * misses with probability
 *
 *     M_j(U_j) = P(|Z| > t_j √(U_j/ν_j)),    t_j Student's factor at c′ for ν_j degrees of freedom,
 *
 * and U_{j+1} − U_j is χ² of n_{j+1} − n_j degrees of freedom. The worst that any such rule can do, knowing σ, is
 * to stop optimally (Snell's envelope):
 *
 *     V_J = M_J,    V_j(u) = max{M_j(u), E V_{j+1}(u + χ²)},    E V_1(U_1) = 1 − c,
 *
 * which is solved for c′. For absolute widths and the worst of them the coverage is about c; Bonferroni's 1 − (1 − c)/J is never less
 * than c′. Throws a RangeError unless 0 < c < 1 and the looks increase from 2.
 */
export function nominalConfidence(confidence: number, looks: readonly number[]): number {
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`confidence must lie strictly between 0 and 1, found ${confidence}`);
  }
  if (looks.some((look, j) => !Number.isInteger(look) || look <= (looks[j - 1] ?? 1))) {
    throw new RangeError(`looks must be whole numbers that increase from 2 or more, found ${looks.join(', ')}`);
  }
  if (looks.length < 2) return confidence;
  const question = `${confidence} ${looks.join(' ')}`;
  let answer = known.get(question);
  if (answer === undefined) {
    answer = 1 - nominalError(1 - confidence, looks);
    known.set(question, answer);
  }
  return answer;
}

/** The error e of each with worst(e) = error, between Bonferroni's and the whole, by the Illinois method on logarithms. */
function nominalError(error: number, looks: readonly number[]): number {
  const worst = worstMiss(looks);
  const excess = (lnError: number): number => Math.log(worst(Math.exp(lnError)) / error);
  let [low, high] = [Math.log(error / looks.length), Math.log(error)];
  let [below, above] = [excess(low), excess(high)];
  let side = 0;
  while (high - low > 1e-12) {
    const middle = low - (below * (high - low)) / (above - below);
    const found = excess(middle);
    if (Math.abs(found) < 1e-9) return Math.exp(middle);
    if (found < 0) {
      [low, below] = [middle, found];
      if (side === -1) above /= 2;
      side = -1;
    } else {
      [high, above] = [middle, found];
      if (side === 1) below /= 2;
      side = 1;
    }
  }
  return Math.exp(low);
}

/** E V_1(U_1) as a function of the error of each interval. */
function worstMiss(looks: readonly number[]): (error: number) => number {
  const dfs = looks.map((look) => look - 1);
  const states = dfs.map((df) => chiSquareRule(df, NODES));
  const steps = dfs.slice(1).map((df, j) => chiSquareRule(df - dfs[j], NODES));
  return (error) => {
    // Logarithms of M_j and of E V_{j+1} at the nodes of U_j: what it costs to stop and to go on.
    const stop = states.map(({ nodes }, j) => {
      const factor = tUpperQuantile(error / 2, dfs[j]) / Math.sqrt(dfs[j]);
      return nodes.map((u) => Math.log(Math.max(TINY, normalTails(factor * Math.sqrt(u)))));
    });
    let go: Float64Array = stop[looks.length - 1];
    for (let j = looks.length - 2; j >= 0; j--) go = carried(states[j], steps[j], states[j + 1], stop[j + 1], go);
    return meanOfGreater(states[0].weights, stop[0], go);
  };
}

/** ln E max{M(u + χ²), W(u + χ²)} at each node u; the logarithms of M and W are given at the nodes of the next look. */
function carried(
  from: ChiSquareRule,
  by: ChiSquareRule,
  to: ChiSquareRule,
  stop: Float64Array,
  go: Float64Array,
): Float64Array {
  const [stopAt, goAt] = [new Float64Array(NODES), new Float64Array(NODES)];
  return from.nodes.map((u) => {
    for (let k = 0; k < NODES; k++) {
      // Cubic interpolation of both, for the greater of them has a bend.
      const place = (Math.log(u + by.nodes[k]) - to.start) / to.step;
      const i = Math.min(NODES - 3, Math.max(1, Math.floor(place)));
      const x = Math.min(NODES - 1, Math.max(0, place)) - i;
      const a = (-x * (x - 1) * (x - 2)) / 6;
      const b = ((x * x - 1) * (x - 2)) / 2;
      const c = (-x * (x + 1) * (x - 2)) / 2;
      const d = (x * (x * x - 1)) / 6;
      stopAt[k] = a * stop[i - 1] + b * stop[i] + c * stop[i + 1] + d * stop[i + 2];
      goAt[k] = a * go[i - 1] + b * go[i] + c * go[i + 1] + d * go[i + 2];
    }
    return Math.log(meanOfGreater(by.weights, stopAt, goAt));
  });
}

/** The weighted sum of the greater of e^f and e^g, less the error of the trapezoidal rule (Euler and Maclaurin) at a bend between two nodes. */
function meanOfGreater(weights: Float64Array, f: Float64Array, g: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < NODES; k++) {
    sum += weights[k] * Math.exp(Math.max(f[k], g[k]));
    if (k === 0 || f[k] > g[k] === f[k - 1] > g[k - 1]) continue;
    const [before, after] = [k - 1, k].map((i) => weights[i] * Math.abs(Math.exp(f[i]) - Math.exp(g[i])));
    const slope = before + after;
    if (slope > 0) sum += slope / 12 - (before * after) / (2 * slope);
  }
  return sum;
}

/** Less than any probability that counts, and still has a logarithm. */
const TINY = 1e-300;
