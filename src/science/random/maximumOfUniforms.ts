/**
 * The alias table (Walker; Vose, IEEE Trans. Softw. Eng. 17, 1991) of J = the largest of d uniform positions on
 * 0 … n − 1: P(J < j) = (j/n)^d. Cell c holds c with probability accept[c]/2^bits and alias[c] otherwise.
 */
export interface AliasTable {
  readonly accept: BigUint64Array;
  readonly alias: Uint32Array;
}

/**
 * Built in integers, so it is the same everywhere. Weights are taken to 2^-(bits + 64) relative to a cell, and a cell's
 * acceptance is rounded to 2^-bits. `d = 'all'` puts all mass on the last position.
 */
export function maximumOfUniforms(n: number, d: number | 'all', bits: number): AliasTable {
  const one = 1n << BigInt(bits);
  const accept = new BigUint64Array(n);
  const alias = new Uint32Array(n);
  if (d === 'all') {
    alias.fill(n - 1); // accept 0: every cell yields the last position
    return { accept, alias };
  }
  const weights = cellWeights(n, d, bits + 64);
  const full = 1n << BigInt(bits + 64); // the mass of a full cell
  const small: number[] = [];
  const large: number[] = [];
  for (let j = 0; j < n; j++) (weights[j] < full ? small : large).push(j);
  while (small.length > 0 && large.length > 0) {
    const s = small.pop()!;
    const l = large[large.length - 1];
    accept[s] = weights[s] >> 64n;
    alias[s] = l;
    weights[l] -= full - weights[s];
    if (weights[l] < full) small.push(large.pop()!);
  }
  for (const j of [...small, ...large]) {
    accept[j] = one;
    alias[j] = j;
  }
  return { accept, alias };
}

/** ⌊2^64·((j + 1)/n)^d⌋, j = 0 … n − 2, to a unit: J = j for a draw v of 64 binary digits iff v is below the j-th first. */
export function maximumThresholds(n: number, d: number | 'all'): BigUint64Array {
  const scale = 1n << 64n;
  return BigUint64Array.from({ length: n - 1 }, (_, j) => (d === 'all' ? 0n : scaledPower(j + 1, n, d, scale)));
}

/** n·P(J = j)·2^precision, whose sum is n·2^precision exactly. */
function cellWeights(n: number, d: number, precision: number): bigint[] {
  const scale = BigInt(n) << BigInt(precision);
  const weights: bigint[] = new Array(n);
  let below = 0n;
  for (let j = 0; j < n; j++) {
    const upTo = scaledPower(j + 1, n, d, scale);
    weights[j] = upTo - below;
    below = upTo;
  }
  return weights;
}

/** ⌊scale·(j/n)^d⌋ to a few units: by squaring, with 64 guard bits, so that its cost does not grow with d. */
function scaledPower(j: number, n: number, d: number, scale: bigint): bigint {
  if (j === n) return scale;
  const guard = BigInt(scale.toString(2).length + 64);
  const unit = 1n << guard;
  let base = (BigInt(j) << guard) / BigInt(n);
  let power = unit;
  for (let e = d; e > 0; e = Math.floor(e / 2)) {
    if (e % 2 === 1) power = (power * base) >> guard;
    base = (base * base) >> guard;
  }
  return (scale * power) >> guard;
}
