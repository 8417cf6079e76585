/**
 * Student's t distribution for real ν > 0 degrees of freedom. Abramowitz and Stegun 26.5.8 (continued fraction of the
 * incomplete beta function) and 26.7.1; the quantile by Newton's method within a bracket.
 */

/** P(T > t) for t ≥ 0. */
export function tUpperTail(t: number, df: number): number {
  const square = t * t;
  const lnFactor = -0.5 * df * Math.log1p(square / df);
  // I_x(ν/2, ½) with x = ν/(ν + t²), or its complement where the fraction converges faster
  const x = df / (df + square);
  const y = square / (df + square);
  const common = (Math.exp(lnFactor) * Math.sqrt(y) * gammaRatio(df / 2)) / Math.sqrt(Math.PI);
  if (square > df * (0.5 / (df / 2 + 1)) * 3) return (0.5 * common * betaFraction(x, df / 2, 0.5)) / (df / 2);
  return 0.5 - 0.5 * common * betaFraction(y, 0.5, df / 2) * 2;
}

/** The density. */
export function tDensity(t: number, df: number): number {
  return (gammaRatio(df / 2) / Math.sqrt(Math.PI * df)) * Math.exp(-0.5 * (df + 1) * Math.log1p((t * t) / df));
}

/** The t with P(T > t) = q, 0 < q < 1, to 1e-10 for ν up to 10^5. Throws a RangeError outside. */
export function tUpperQuantile(q: number, df: number): number {
  if (!(q > 0 && q < 1)) throw new RangeError(`a probability must lie strictly between 0 and 1, found ${q}`);
  if (!(df > 0 && Number.isFinite(df))) throw new RangeError(`degrees of freedom must be positive, found ${df}`);
  if (q > 0.5) return -tUpperQuantile(1 - q, df);
  if (q === 0.5) return 0;
  let high = 1;
  while (tUpperTail(high, df) > q) high *= 2;
  let low = high === 1 ? 0 : high / 2;
  let t = (low + high) / 2;
  for (let i = 0; i < 200; i++) {
    const tail = tUpperTail(t, df);
    if (tail > q) low = t;
    else high = t;
    let next = t + (tail - q) / tDensity(t, df);
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (Math.abs(next - t) <= 1e-15 * next) return next;
    t = next;
  }
  return t;
}

/** The t with P(T ≤ t) = p. */
export const tQuantile = (p: number, df: number): number => -tUpperQuantile(p, df);

/** The factor of a two-sided interval: P(|T| ≤ t) = confidence. */
export const tCritical = (confidence: number, df: number): number => tUpperQuantile((1 - confidence) / 2, df);

/** The fraction F of I_x(a, b) = x^a (1 − x)^b/(a B(a, b))·F, by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  const TINY = 1e-300;
  let c = 1;
  let d = 1 / nonzero(1 - ((a + b) * x) / (a + 1), TINY);
  let value = d;
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonzero(1 + even * d, TINY);
    c = nonzero(1 + even / c, TINY);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonzero(1 + odd * d, TINY);
    c = nonzero(1 + odd / c, TINY);
    const change = d * c;
    value *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return value;
}

const nonzero = (value: number, tiny: number): number => (Math.abs(value) < tiny ? tiny : value);

/** Γ(a + ½)/Γ(a): Γ's own recurrence up to a ≥ 20, then its asymptotic series (Tricomi and Erdélyi, 1951). */
function gammaRatio(a: number): number {
  let factor = 1;
  while (a < 20) {
    factor *= a / (a + 0.5);
    a++;
  }
  const u = 1 / a;
  const v = u * u;
  const ln = u * (-1 / 8 + v * (1 / 192 + v * (-1 / 640 + v * (17 / 14_336 - (v * 31) / 18_432))));
  return factor * Math.sqrt(a) * Math.exp(ln);
}
