import type { Table, Value } from '../tables/table.ts';

/** Which row of one table is which of the other. */
export interface RowMatching {
  /** Columns by which rows were matched. */
  readonly keys: readonly string[];
  /** Whether rows with equal keys were matched by their place among these. */
  readonly byPlace: boolean;
  readonly pairs: readonly (readonly [number, number])[];
  /** Rows of the first table alone. */
  readonly removed: readonly number[];
  /** Rows of the second table alone. */
  readonly added: readonly number[];
}

/**
 * Matches the rows of two tables by what they are about, not by what was measured:
 *
 * 1. by the columns that carry a matrix axis of the study;
 * 2. where these leave rows alike, by the next columns in order that hold whole numbers, texts or truth values (`i`,
 *    `replicate`), as many as it takes to tell all rows apart;
 * 3. else by the next columns of real numbers too (`time`), if then half of the rows or more find their like;
 * 4. else, among rows alike, by their place.
 *
 * @param axes names of the study's matrix axes
 * @param measured columns that are not what a row is about: they have an interval, or are its limits
 */
export function matchRows(
  a: Table,
  b: Table,
  axes: ReadonlySet<string>,
  measured: ReadonlySet<string> = new Set(),
): RowMatching {
  const shared = sharedColumns(a, b).filter((name) => !measured.has(name));
  const base = shared.filter((name) => axes.has(name));
  const isReal = (name: string): boolean => a.schema[name] === 'float64' || b.schema[name] === 'float64';
  const rest = shared.filter((name) => !axes.has(name));
  const discrete = rest.filter((name) => !isReal(name));
  const tellsApart = (keys: readonly string[]): boolean => isUnique(a, keys) && isUnique(b, keys);

  const enough = shortest(base, discrete, tellsApart);
  if (enough !== undefined) return matched(a, b, enough, false);
  const withReal = shortest(base, rest, tellsApart);
  if (withReal !== undefined) {
    const found = matched(a, b, withReal, false);
    if (found.pairs.length * 2 >= Math.min(a.rows, b.rows)) return found;
  }
  const firstReal = rest.findIndex(isReal);
  return matched(a, b, [...base, ...rest.slice(0, firstReal < 0 ? rest.length : firstReal)], true);
}

/** In the order in which both tables have them; where they disagree, in that of their names. */
function sharedColumns(a: Table, b: Table): string[] {
  const inA = Object.keys(a.schema).filter((name) => Object.hasOwn(b.schema, name));
  const inB = Object.keys(b.schema).filter((name) => Object.hasOwn(a.schema, name));
  return inA.join('\n') === inB.join('\n') ? inA : inA.sort();
}

/** The base with the fewest of the candidates after it, in order, that are enough; undefined if all of them are not. */
function shortest(
  base: readonly string[],
  candidates: readonly string[],
  isEnough: (keys: readonly string[]) => boolean,
): string[] | undefined {
  for (let count = 0; count <= candidates.length; count++) {
    const keys = [...base, ...candidates.slice(0, count)];
    if (isEnough(keys)) return keys;
  }
  return undefined;
}

/** An axis that got a word among its numbers holds the numbers as texts: both are the same row. */
const nameOf = (table: Table, keys: readonly string[], row: number): string =>
  JSON.stringify(keys.map((key) => nameOfValue(table.columns[key][row])));

const nameOfValue = (value: Value): string | null => (value === null ? null : String(value));

const isUnique = (table: Table, keys: readonly string[]): boolean => namesOf(table, keys).size === table.rows;

/** The rows of each name, in order. */
function namesOf(table: Table, keys: readonly string[]): Map<string, number[]> {
  const names = new Map<string, number[]>();
  for (let row = 0; row < table.rows; row++) {
    const name = nameOf(table, keys, row);
    const rows = names.get(name);
    if (rows === undefined) names.set(name, [row]);
    else rows.push(row);
  }
  return names;
}

function matched(a: Table, b: Table, keys: readonly string[], byPlace: boolean): RowMatching {
  const [left, right] = [namesOf(a, keys), namesOf(b, keys)];
  const pairs: [number, number][] = [];
  const removed: number[] = [];
  for (const [name, rows] of left) {
    const others = right.get(name) ?? [];
    rows.forEach((row, place) => {
      if (place < others.length) pairs.push([row, others[place]]);
      else removed.push(row);
    });
  }
  const added = [...right].flatMap(([name, rows]) => rows.slice(left.get(name)?.length ?? 0));
  return { keys, byPlace, pairs, removed, added };
}
