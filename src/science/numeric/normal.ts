/**
 * P(|Z| > z) of a standard normal Z, z ≥ 0, to a relative 1e-13 as long as it is no less than 1e-300: by the series of the
 * distribution function about 0 (Abramowitz and Stegun 26.2.11), and further out by the continued fraction of the tail
 * (26.2.14), from its end.
 */
export function normalTails(z: number): number {
  const density = Math.exp(-(z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 2) {
    let term = z;
    let sum = z;
    for (let i = 1; term > 1e-17 * sum; i++) {
      term *= (z * z) / (2 * i + 1);
      sum += term;
    }
    return 1 - 2 * density * sum;
  }
  let fraction = z;
  for (let i = FRACTION; i >= 1; i--) fraction = z + i / fraction;
  return (2 * density) / fraction;
}

/** Partial denominators that give 1e-14 from z = 2 on. */
const FRACTION = 120;
