/** Off-diagonal rates of a finite irreducible Markov chain on states 0 … size − 1. */
export interface ChainRates {
  readonly size: number;
  /** Calls `visit(target, rate)` for every transition out of `state`; targets may repeat; self-loops are ignored. */
  forEachTransition(state: number, visit: (target: number, rate: number) => void): void;
}

/** What is left of a chain after every state but 0 was censored out, from the last to the first. */
export interface CensoredChain {
  readonly size: number;
  /** Entry (n, j), j < n, at belowAt[n] + j from j = rowFirst[n]: rate from n to j once all above n are gone. */
  readonly rowFirst: Int32Array;
  readonly belowAt: Int32Array;
  readonly below: Float64Array;
  /** Entry (i, n), i < n, at aboveAt[n] + i from i = columnFirst[n]: likewise from i to n, over all that leaves n. */
  readonly columnFirst: Int32Array;
  readonly aboveAt: Int32Array;
  readonly above: Float64Array;
}

/**
 * The elimination of Grassmann, Taksar and Heyman (Operations Research 33, 1985): states are censored out from the last
 * to the first without a single subtraction, so every entry, however small, has a small relative error.
 *
 * The matrix is kept inside its envelope, which censoring preserves: row n from its leftmost column, column n from
 * its topmost row. Cost is Σ (row height × column height), memory their sum; number the states so that both are short.
 * Throws a RangeError where a state cannot reach any lower one.
 */
export function censorChain(chain: ChainRates): CensoredChain {
  const { size } = chain;
  const { rowFirst, columnFirst } = envelope(chain);
  // Entry (i, j) with j < i is below[belowAt[i] + j]; with i < j it is above[aboveAt[j] + i].
  const belowAt = offsets(rowFirst);
  const aboveAt = offsets(columnFirst);
  const below = new Float64Array(belowAt[size]);
  const above = new Float64Array(aboveAt[size]);
  for (let i = 0; i < size; i++) {
    chain.forEachTransition(i, (j, rate) => {
      if (j < i) below[belowAt[i] + j] += rate;
      else if (j > i) above[aboveAt[j] + i] += rate;
    });
  }
  for (let n = size - 1; n > 0; n--) censor(n, rowFirst, columnFirst, belowAt, aboveAt, below, above);
  return { size, rowFirst, belowAt, below, columnFirst, aboveAt, above };
}

/** Stationary distribution of an irreducible chain, each probability to a small relative error ({@link censorChain}). */
export function stationaryDistribution(chain: ChainRates): Float64Array {
  return distributionOf(censorChain(chain));
}

/** The stationary distribution of a chain that was censored already. */
export function distributionOf({ size, columnFirst, aboveAt, above }: CensoredChain): Float64Array {
  const pi = new Float64Array(size);
  pi[0] = 1;
  let total = 1;
  for (let n = 1; n < size; n++) {
    let mass = 0;
    for (let i = columnFirst[n]; i < n; i++) mass += pi[i] * above[aboveAt[n] + i];
    pi[n] = mass;
    total += mass;
  }
  for (let n = 0; n < size; n++) pi[n] /= total;
  return pi;
}

/** Hot: (row height) × (column height) multiply-adds per state. */
function censor(
  n: number,
  rowFirst: Int32Array,
  columnFirst: Int32Array,
  belowAt: Int32Array,
  aboveAt: Int32Array,
  below: Float64Array,
  above: Float64Array,
): void {
  const left = rowFirst[n];
  const top = columnFirst[n];
  const row = belowAt[n];
  const column = aboveAt[n];
  let out = 0;
  for (let j = left; j < n; j++) out += below[row + j];
  if (!(out > 0)) throw new RangeError(`stationaryDistribution: state ${n} cannot reach any lower state`);
  for (let i = top; i < n; i++) above[column + i] /= out;
  // a(i, j) += a(i, n) a(n, j): first the entries below the diagonal by rows, then those above it by columns.
  for (let i = top; i < n; i++) {
    const factor = above[column + i];
    if (factor === 0) continue;
    const target = belowAt[i];
    for (let j = left; j < i; j++) below[target + j] += factor * below[row + j];
  }
  for (let j = left; j < n; j++) {
    const factor = below[row + j];
    if (factor === 0) continue;
    const target = aboveAt[j];
    for (let i = top; i < j; i++) above[target + i] += factor * above[column + i];
  }
}

function envelope(chain: ChainRates): { rowFirst: Int32Array; columnFirst: Int32Array } {
  const { size } = chain;
  const rowFirst = Int32Array.from({ length: size }, (_, i) => i);
  const columnFirst = Int32Array.from({ length: size }, (_, i) => i);
  for (let i = 0; i < size; i++) {
    chain.forEachTransition(i, (j) => {
      if (j < rowFirst[i]) rowFirst[i] = j;
      if (i < columnFirst[j]) columnFirst[j] = i;
    });
  }
  // Censoring n fills rows ≥ columnFirst[n] from column rowFirst[n]: make both profiles nondecreasing.
  for (let n = size - 2; n >= 0; n--) {
    rowFirst[n] = Math.min(rowFirst[n], rowFirst[n + 1], n);
    columnFirst[n] = Math.min(columnFirst[n], columnFirst[n + 1], n);
  }
  return { rowFirst, columnFirst };
}

function offsets(first: Int32Array): Int32Array {
  const at = new Int32Array(first.length + 1);
  let used = 0;
  for (let n = 0; n < first.length; n++) {
    at[n] = used - first[n];
    used += n - first[n];
  }
  at[first.length] = used;
  return at;
}
