/** Eigenvalues as real and imaginary parts, by decreasing real part; conjugates side by side, the positive one first. */
export interface Eigenvalues {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

const RADIX = 2;
const ITERATIONS = 60;
const LARGEST_FACTOR = 2 ** 500;

/**
 * All eigenvalues of a real row-major size × size matrix: balanced by powers of two (Parlett & Reinsch), reduced to Hessenberg
 * form by elimination, then Francis' double-shift QR (EISPACK balanc, elmhes, hqr; Wilkinson & Reinsch, Handbook for Automatic
 * Computation II, 1971). Null where the iteration does not settle or an entry is not finite. The matrix is kept.
 */
export function eigenvalues(matrix: Float64Array, size: number): Eigenvalues | null {
  if (matrix.some((value) => !Number.isFinite(value))) return null;
  const rows = Array.from({ length: size }, (_, i) => Float64Array.from(matrix.subarray(i * size, (i + 1) * size)));
  balance(rows);
  toHessenberg(rows);
  const found = francis(rows);
  if (found === null) return null;
  const order = Array.from(found.re, (_, i) => i).sort(
    (a, b) => found.re[b] - found.re[a] || found.im[b] - found.im[a] || a - b,
  );
  return {
    re: Float64Array.from(order, (i) => found.re[i]),
    im: Float64Array.from(order, (i) => found.im[i]),
  };
}

/** Scales rows and columns by powers of two until their norms are alike: exact, and it undoes a graded tail's asymmetry. */
function balance(a: readonly Float64Array[]): void {
  const size = a.length;
  for (let done = false, sweep = 0; !done && sweep < 200; sweep++) {
    done = true;
    for (let i = 0; i < size; i++) {
      let column = 0;
      let row = 0;
      for (let j = 0; j < size; j++) {
        if (j === i) continue;
        column += Math.abs(a[j][i]);
        row += Math.abs(a[i][j]);
      }
      if (column === 0 || row === 0) continue;
      let factor = 1;
      const total = column + row;
      let scaled = column;
      while (scaled < row / RADIX && factor < LARGEST_FACTOR) {
        factor *= RADIX;
        scaled *= RADIX * RADIX;
      }
      while (scaled > row * RADIX && factor > 1 / LARGEST_FACTOR) {
        factor /= RADIX;
        scaled /= RADIX * RADIX;
      }
      if ((scaled + row) / factor >= 0.95 * total) continue;
      done = false;
      for (let j = 0; j < size; j++) a[i][j] /= factor;
      for (let j = 0; j < size; j++) a[j][i] *= factor;
    }
  }
}

function toHessenberg(a: Float64Array[]): void {
  const size = a.length;
  for (let m = 1; m < size - 1; m++) {
    let pivot = m;
    for (let i = m + 1; i < size; i++) if (Math.abs(a[i][m - 1]) > Math.abs(a[pivot][m - 1])) pivot = i;
    if (a[pivot][m - 1] === 0) continue;
    if (pivot !== m) {
      [a[pivot], a[m]] = [a[m], a[pivot]];
      for (const row of a) [row[pivot], row[m]] = [row[m], row[pivot]];
    }
    for (let i = m + 1; i < size; i++) {
      const multiplier = a[i][m - 1] / a[m][m - 1];
      if (multiplier === 0) continue;
      for (let j = m - 1; j < size; j++) a[i][j] -= multiplier * a[m][j];
      for (const row of a) row[m] += multiplier * row[i];
      a[i][m - 1] = 0;
    }
  }
}

/** Eigenvalues of an upper Hessenberg matrix, which is overwritten. */
function francis(a: Float64Array[]): Eigenvalues | null {
  const size = a.length;
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  let norm = 0;
  for (let i = 0; i < size; i++) for (let j = Math.max(0, i - 1); j < size; j++) norm += Math.abs(a[i][j]);
  let shiftSum = 0;
  let iteration = 0;
  let last = size - 1;
  while (last >= 0) {
    const first = deflation(a, last, norm);
    if (first === last) {
      re[last] = a[last][last] + shiftSum;
      last--;
      iteration = 0;
      continue;
    }
    if (first === last - 1) {
      pair(a, last, shiftSum, re, im);
      last -= 2;
      iteration = 0;
      continue;
    }
    if (iteration === ITERATIONS) return null;
    let x = a[last][last];
    let y = a[last - 1][last - 1];
    let w = a[last][last - 1] * a[last - 1][last];
    if (iteration % 10 === 9) {
      // An exceptional shift gets out of a cycle.
      shiftSum += x;
      for (let i = 0; i <= last; i++) a[i][i] -= x;
      const s = Math.abs(a[last][last - 1]) + Math.abs(a[last - 1][last - 2]);
      x = 0.75 * s;
      y = x;
      w = -0.4375 * s * s;
    }
    iteration++;
    sweep(a, first, last, x, y, w);
  }
  return { re, im };
}

/** The row from which on the active block is unreduced. */
function deflation(a: readonly Float64Array[], last: number, norm: number): number {
  for (let l = last; l >= 1; l--) {
    const scale = Math.abs(a[l - 1][l - 1]) + Math.abs(a[l][l]) || norm;
    if (Math.abs(a[l][l - 1]) + scale === scale) {
      a[l][l - 1] = 0;
      return l;
    }
  }
  return 0;
}

/** The two eigenvalues of the trailing 2 × 2 block. */
function pair(a: readonly Float64Array[], last: number, shift: number, re: Float64Array, im: Float64Array): void {
  const x = a[last][last];
  const half = (a[last - 1][last - 1] - x) / 2;
  const w = a[last][last - 1] * a[last - 1][last];
  const discriminant = half * half + w;
  const root = Math.sqrt(Math.abs(discriminant));
  if (discriminant >= 0) {
    const z = half + (half >= 0 ? root : -root);
    re[last - 1] = x + z + shift;
    re[last] = z !== 0 ? x - w / z + shift : re[last - 1];
    return;
  }
  re[last - 1] = x + half + shift;
  re[last] = re[last - 1];
  im[last - 1] = root;
  im[last] = -root;
}

/** One implicit double-shift step on rows first … last, by Householder reflections of three rows. */
function sweep(a: readonly Float64Array[], first: number, last: number, x: number, y: number, w: number): void {
  let m = last - 2;
  let p = 0;
  let q = 0;
  let r = 0;
  for (; m >= first; m--) {
    const z = a[m][m];
    const dx = x - z;
    const dy = y - z;
    p = (dx * dy - w) / a[m + 1][m] + a[m][m + 1];
    q = a[m + 1][m + 1] - z - dx - dy;
    r = a[m + 2][m + 1];
    const s = Math.abs(p) + Math.abs(q) + Math.abs(r);
    p /= s;
    q /= s;
    r /= s;
    if (m === first) break;
    const u = Math.abs(a[m][m - 1]) * (Math.abs(q) + Math.abs(r));
    const v = Math.abs(p) * (Math.abs(a[m - 1][m - 1]) + Math.abs(z) + Math.abs(a[m + 1][m + 1]));
    if (u + v === v) break;
  }
  for (let i = m; i < last - 1; i++) {
    a[i + 2][i] = 0;
    if (i !== m) a[i + 2][i - 1] = 0;
  }
  for (let k = m; k < last; k++) {
    const three = k + 1 !== last;
    let scale = 1;
    if (k !== m) {
      p = a[k][k - 1];
      q = a[k + 1][k - 1];
      r = three ? a[k + 2][k - 1] : 0;
      scale = Math.abs(p) + Math.abs(q) + Math.abs(r);
      if (scale === 0) continue;
      p /= scale;
      q /= scale;
      r /= scale;
    }
    const s = (p >= 0 ? 1 : -1) * Math.sqrt(p * p + q * q + r * r);
    if (s === 0) continue;
    if (k === m) {
      if (first !== m) a[k][k - 1] = -a[k][k - 1];
    } else a[k][k - 1] = -s * scale;
    p += s;
    const [u, v, z] = [p / s, q / s, r / s];
    q /= p;
    r /= p;
    for (let j = k; j <= last; j++) {
      const t = a[k][j] + q * a[k + 1][j] + (three ? r * a[k + 2][j] : 0);
      if (three) a[k + 2][j] -= t * z;
      a[k + 1][j] -= t * v;
      a[k][j] -= t * u;
    }
    const bottom = Math.min(last, k + 3);
    for (let i = first; i <= bottom; i++) {
      const t = u * a[i][k] + v * a[i][k + 1] + (three ? z * a[i][k + 2] : 0);
      if (three) a[i][k + 2] -= t * r;
      a[i][k + 1] -= t * q;
      a[i][k] -= t;
    }
  }
}
