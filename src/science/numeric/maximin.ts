/**
 * One affine function constant + Σ_j coefficients[j] x_j with integer coefficients. Rational ones are brought to a
 * common denominator first; it scales the optimum and leaves the x where it is attained.
 */
export interface AffineFunction {
  readonly constant: bigint;
  readonly coefficients: readonly bigint[];
}

/**
 * The largest value, over x, of the least of finitely many affine functions. All numbers are fractions over
 * `denominator` > 0. `weights` prove that nothing is better: they are ≥ 0 with Σ_i w_i = 1, Σ_i w_i a_i = 0 and
 * Σ_i w_i b_i = value, so that min_i (b_i + a_i x) ≤ Σ_i w_i (b_i + a_i x) = value for every x.
 */
export interface Maximin {
  readonly status: 'optimal';
  readonly value: bigint;
  readonly point: readonly bigint[];
  readonly weights: readonly bigint[];
  readonly denominator: bigint;
}

/** The least function can be made as large as one likes. */
export interface UnboundedMaximin {
  readonly status: 'unbounded';
}

/**
 * Maximises ε subject to b_i + a_i x ≥ ε, x free: a linear programme, solved exactly by the simplex method on
 * integers. A dictionary den·(basic) = T·(1, nonbasic) is kept in minors of the data (Edmonds' integer pivoting, as in
 * Bareiss' elimination), so every division is exact and nothing is ever rounded. It starts at x = 0, which is
 * feasible; free variables enter first and stay; Bland's rule keeps the slacks from cycling.
 * Throws a RangeError when there is no function or their dimensions differ.
 */
export function maximin(functions: readonly AffineFunction[]): Maximin | UnboundedMaximin {
  const dimension = functions[0]?.coefficients.length ?? -1;
  if (dimension < 0 || functions.some(({ coefficients }) => coefficients.length !== dimension)) {
    throw new RangeError('maximin: expected at least one function, all with the same number of coefficients');
  }
  const m = functions.length;
  // Variables: x_j is j, the slack of function i is dimension + i, and ε is the objective, row m.
  const free = (variable: number): boolean => variable < dimension;
  let least = 0;
  for (let i = 1; i < m; i++) if (functions[i].constant < functions[least].constant) least = i;
  const start = functions[least];
  // ε = b_r + a_r x − s_r for the least b_r, put into the other rows.
  const nonbasic = [...start.coefficients.keys(), dimension + least];
  const basic: number[] = [];
  const rows: bigint[][] = [];
  for (let i = 0; i < m; i++) {
    if (i === least) continue;
    const { constant, coefficients } = functions[i];
    basic.push(dimension + i);
    rows.push([constant - start.constant, ...coefficients.map((a, j) => a - start.coefficients[j]), 1n]);
  }
  const objective = [start.constant, ...start.coefficients, -1n];
  rows.push(objective);
  let denominator = 1n;

  for (;;) {
    const column = entering(rows[m - 1], nonbasic, free);
    if (column === null) return read();
    const row = leaving(rows, basic, column, free, free(nonbasic[column]) && rows[m - 1][column + 1] < 0n);
    if (row === null) return { status: 'unbounded' };
    denominator = pivot(rows, row, column + 1, denominator);
    [basic[row], nonbasic[column]] = [nonbasic[column], basic[row]];
  }

  function read(): Maximin {
    const point = new Array<bigint>(dimension).fill(0n);
    const weights = new Array<bigint>(m).fill(0n);
    basic.forEach((variable, row) => {
      if (free(variable)) point[variable] = rows[row][0];
    });
    nonbasic.forEach((variable, column) => {
      if (!free(variable)) weights[variable - dimension] = -rows[m - 1][column + 1];
    });
    return { status: 'optimal', value: rows[m - 1][0], point, weights, denominator };
  }
}

/** A free variable that moves ε either way, else the first slack that raises it; null at the optimum. */
function entering(objective: readonly bigint[], nonbasic: readonly number[], free: (v: number) => boolean) {
  let best: number | null = null;
  for (let column = 0; column < nonbasic.length; column++) {
    const gain = objective[column + 1];
    if (gain === 0n || (gain < 0n && !free(nonbasic[column]))) continue;
    if (best === null || nonbasic[column] < nonbasic[best]) best = column;
  }
  return best;
}

/** The first slack to reach 0 as the entering variable rises (or falls), the least variable among equals; null if none. */
function leaving(
  rows: readonly bigint[][],
  basic: readonly number[],
  column: number,
  free: (v: number) => boolean,
  falls: boolean,
): number | null {
  let best: number | null = null;
  let [room, speed] = [0n, 1n];
  for (let row = 0; row < basic.length; row++) {
    if (free(basic[row])) continue;
    const loss = falls ? rows[row][column + 1] : -rows[row][column + 1];
    if (loss <= 0n) continue;
    const order = rows[row][0] * speed - room * loss;
    if (best === null || order < 0n || (order === 0n && basic[row] < basic[best])) {
      best = row;
      [room, speed] = [rows[row][0], loss];
    }
  }
  return best;
}

/** Exchanges the basic variable of `row` with the nonbasic one of `column`; returns the new denominator, > 0. */
function pivot(rows: bigint[][], row: number, column: number, denominator: bigint): bigint {
  const from = rows[row];
  const p = from[column];
  const sign = p < 0n ? -1n : 1n;
  for (const other of rows) {
    if (other === from) continue;
    const factor = other[column];
    for (let j = 0; j < other.length; j++) {
      if (j !== column) other[j] = (sign * (other[j] * p - factor * from[j])) / denominator;
    }
    other[column] = sign * factor;
  }
  for (let j = 0; j < from.length; j++) from[j] = j === column ? sign * denominator : -sign * from[j];
  return sign * p;
}
