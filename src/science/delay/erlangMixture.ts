/** A mixture of Erlang laws with rate 1, as the delay of a job is (PASTA and FIFO). */
export interface ErlangMixture {
  readonly mean: number;
  /** P(delay > t), with relative precision in the tail; t ≥ 0. */
  tail(t: number): number;
  /** The density at t ≥ 0. */
  density(t: number): number;
  /** The t with P(delay ≤ t) = p, 0 < p < 1, to about 1e-13 of itself. */
  quantile(p: number): number;
}

/**
 * The mixture with `weights[k]` on k stages. The tail of one Erlang law is a Poisson probability, P(E_k > t) = P(N_t < k),
 * so that of the mixture is Σ_j P(N_t = j) W_j with W_j = Σ_{k>j} weights[k]: a sum of positive terms, hence without the
 * cancellation of incomplete gamma functions subtracted from 1.
 *
 * Throws a RangeError for weights that are negative or not finite, do not sum to 1, or put any on no stage.
 */
export function erlangMixture(weights: ArrayLike<number>): ErlangMixture {
  const W = new Float64Array(weights.length); // W[j] = Σ_{k>j} weights[k]
  let above = 0;
  let mean = 0;
  for (let k = weights.length - 1; k >= 0; k--) {
    if (!(weights[k] >= 0 && Number.isFinite(weights[k]))) {
      throw new RangeError(`a weight must be a nonnegative number, found ${weights[k]} at ${k} stages`);
    }
    W[k] = above;
    above += weights[k];
    mean += k * weights[k];
  }
  if (!(Math.abs(above - 1) < 1e-9)) throw new RangeError(`the weights must sum to 1, found ${above}`);
  if (weights[0] !== 0) throw new RangeError('a delay has at least one stage');
  const tail = (t: number): number => poissonSum(checkTime(t), W);
  const shifted = Float64Array.from({ length: weights.length - 1 }, (_, j) => weights[j + 1]);
  const density = (t: number): number => poissonSum(checkTime(t), shifted);
  return { mean, tail, density, quantile: (p) => solveQuantile(p, mean, tail, density) };
}

/** Σ_j e^{−t} t^j/j! a_j, by logarithms: e^{−t} alone may underflow. */
function poissonSum(t: number, a: ArrayLike<number>): number {
  if (t === 0) return a[0];
  const step = Math.log(t);
  let ln = -t;
  let sum = 0;
  for (let j = 0; j < a.length; j++) {
    if (j > 0) ln += step - Math.log(j);
    sum += Math.exp(ln) * a[j];
  }
  return sum;
}

/** Newton's method on the tail's logarithm, nearly linear far out, within a bracket. */
function solveQuantile(p: number, mean: number, tail: (t: number) => number, density: (t: number) => number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`a probability must lie strictly between 0 and 1, found ${p}`);
  const q = 1 - p;
  let [low, high] = [0, mean];
  while (tail(high) > q) {
    low = high;
    high *= 2;
  }
  let t = (low + high) / 2;
  for (let i = 0; i < 200; i++) {
    const at = tail(t);
    if (at > q) low = t;
    else high = t;
    let next = t + (Math.log(at / q) * at) / density(t);
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (Math.abs(next - t) <= 1e-14 * next) return next;
    t = next;
  }
  return t;
}

function checkTime(t: number): number {
  if (t >= 0 && Number.isFinite(t)) return t;
  throw new RangeError(`a time must be nonnegative and finite, found ${t}`);
}
