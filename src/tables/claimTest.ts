import { TableError } from './column.ts';
import { checkExpression, columnsRead } from './expression.ts';
import { type Frame, frameOf, tableOf } from './frame.ts';
import { jsonRows } from './rows.ts';
import { applyRowVerb } from './rowVerbs.ts';
import type { Table, Value } from './table.ts';
import type { Expression } from './verb.ts';

/** A claim's test, in Arquero's expression language. Exactly one of `every` and `some`. */
export interface ClaimTest {
  /** Rows that the claim speaks of; all when absent. */
  readonly where?: string;
  readonly every?: string;
  readonly some?: string;
  /** What speaks against the claim; the opposite of `every` or `some` when absent. */
  readonly refutes?: string;
  /** Numbers to show with the verdict: aggregates over the rows that the claim speaks of. */
  readonly numbers?: Readonly<Record<string, string>>;
}

type Verdict = 'supported' | 'refuted' | 'undecided';

export interface Judgement {
  readonly verdict: Verdict;
  /** Rows that the claim speaks of. */
  readonly rows: number;
  readonly holds: number;
  /** Rows that speak against the claim. */
  readonly fails: number;
  /** Rows that cannot tell: a value is missing or not a number. */
  readonly unknown: number;
  readonly numbers: Readonly<Record<string, Value>>;
  /** Up to ten of the rows that decided. */
  readonly decisive: readonly Readonly<Record<string, Value>>[];
}

const SHOWN = 10;

const isMissing = (value: unknown): boolean => value === null || value === undefined || Number.isNaN(value);

const expression = (name: string, text: string): Expression => ({ name, text, path: name });

/**
 * The expression's answer on every row: true, false, or null where it cannot tell. JavaScript would answer `null < 1`
 * with true and `NaN < 1` with false; here a missing value that the expression does not itself ask about (x == null,
 * op.is_nan(x), …) makes the answer unknown.
 */
function answers(table: Table, name: string, text: string): (boolean | null)[] {
  const asked = expression(name, text);
  checkExpression(asked, Object.keys(table.schema));
  const uses = columnsRead(asked);
  const handled = new Set(uses.filter((use) => use.tested).map((use) => use.name));
  const needed = [...new Set(uses.map((use) => use.name))].filter((column) => !handled.has(column));
  const column = derived(table, name, text);
  return Array.from({ length: table.rows }, (_, row) => {
    if (needed.some((wanted) => isMissing(table.columns[wanted][row]))) return null;
    const answer = (column as { at(row: number): unknown }).at(row);
    if (isMissing(answer)) return null;
    if (typeof answer !== 'boolean')
      throw new TableError(`${name}: ${JSON.stringify(text)}: expected true or false, found ${JSON.stringify(answer)}`);
    return answer;
  });
}

/** What Arquero says of an expression that it cannot work out, such as a text that grows too long, is of the expression. */
function derived(table: Table, name: string, text: string): unknown {
  try {
    const made = frameOf(table).table.derive({ answer: text } as never, { drop: true } as never);
    return made.column('answer');
  } catch (error) {
    throw new TableError(`${name}: ${JSON.stringify(text)}: ${(error as Error).message.split('\nNote:')[0]}`);
  }
}

/** The rows where an answer is true, in order. */
function rowsWhere(table: Table, keep: (row: number) => boolean): Table {
  const rows = Array.from({ length: table.rows }, (_, row) => row).filter(keep);
  const columns = Object.fromEntries(
    Object.keys(table.schema).map((name) => [name, rows.map((row) => table.columns[name][row])]),
  );
  return { schema: table.schema, columns, rows: rows.length };
}

function numbersOf(table: Table, numbers: Readonly<Record<string, string>>): Record<string, Value> {
  const columns = Object.entries(numbers).map(([name, text]) => ({ name, text, path: `numbers.${name}` }));
  if (columns.length === 0) return {};
  const frame: Frame = applyRowVerb({ verb: 'rollup', path: 'numbers', columns }, frameOf(table));
  return { ...jsonRows(tableOf(frame, {}, 'numbers'))[0] };
}

function verdictOf(universal: boolean, rows: number, holds: number, fails: number): Verdict {
  if (rows === 0) return 'undecided';
  if (universal) return fails > 0 ? 'refuted' : holds === rows ? 'supported' : 'undecided';
  return holds > 0 ? 'supported' : fails === rows ? 'refuted' : 'undecided';
}

/**
 * Judges a claim by rows. `every`: supported iff true on all rows, refuted iff some row refutes. `some`: supported iff
 * true on some row, refuted iff all rows refute. Otherwise, and without rows, undecided. Rows whose `where` is unknown
 * are not spoken of.
 * @throws {TableError} for an expression that is wrong, names an unknown column, or does not give true or false
 */
export function judge(rows: Table, test: ClaimTest): Judgement {
  const universal = test.every !== undefined;
  const within = test.where === undefined ? null : answers(rows, 'where', test.where);
  const spoken = within === null ? rows : rowsWhere(rows, (row) => within[row] === true);
  const truths = answers(spoken, universal ? 'every' : 'some', (test.every ?? test.some)!);
  const against =
    test.refutes === undefined
      ? truths.map((truth) => (truth === null ? null : !truth))
      : answers(spoken, 'refutes', test.refutes);
  const holds = truths.filter((truth) => truth === true).length;
  const fails = against.filter((refutes) => refutes === true).length;
  const verdict = verdictOf(universal, spoken.rows, holds, fails);
  const decided = (row: number): boolean => {
    if (verdict === 'supported') return truths[row] === true;
    return verdict === 'refuted' ? against[row] === true : truths[row] !== true && against[row] !== true;
  };
  const decisive = rowsWhere(spoken, decided);
  return {
    verdict,
    rows: spoken.rows,
    holds,
    fails,
    unknown: truths.filter((truth, row) => truth === null && against[row] === null).length,
    numbers: numbersOf(spoken, test.numbers ?? {}),
    decisive: jsonRows(decisive).slice(0, SHOWN),
  };
}
