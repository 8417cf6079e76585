import { compareCodePoints } from '../store/canonical.ts';
import { lengthOnLine, lineOf, placeOf, type Span, showPlace } from './places.ts';
import type { Place } from './plan.ts';

/** Something wrong with a study, at its place. */
export interface StudyProblem {
  /** A stable name of this sort of problem, such as `unknown-key`. */
  readonly code: string;
  readonly place: Place;
  /** How many characters to underline from the place on; they stay on its line. */
  readonly length: number;
  readonly message: string;
  /** What would have been right. */
  readonly expected?: string;
  /** The nearest name that exists. */
  readonly suggestion?: string;
  /** The first cell in which it shows, and how many more there are. */
  readonly cell?: string;
  readonly otherCells?: number;
  readonly lineText: string;
}

export interface Found {
  readonly code: string;
  readonly at: Span;
  readonly message: string;
  readonly expected?: string | undefined;
  /** A function where it takes a search: only the first problems are worth it. */
  readonly suggestion?: string | (() => string | undefined) | undefined;
  readonly cell?: string | undefined;
  /** Problems with the same key at the same place are one, found in several cells. Default: the message. */
  readonly key?: string;
}

interface Counted {
  readonly problem: StudyProblem;
  otherCells: number;
  lastCell: string | undefined;
}

/** No reader wants more; the rest would be of the same few sorts. */
const MOST = 1000;

/** Problems for which the nearest name is searched: among thousands that takes milliseconds each. */
const SUGGESTED = 100;

/** Gathers problems over all passes: one for each place and reason, however many cells show it. */
export class Problems {
  readonly #byKey = new Map<string, Counted>();

  add({ code, at, message, expected, suggestion, cell, key = message }: Found): void {
    const place = placeOf(at);
    const id = JSON.stringify([code, place.file, place.line, place.column, at.source.text.length, key]);
    const seen = this.#byKey.get(id);
    if (seen) {
      if (cell !== undefined && cell !== seen.lastCell) {
        seen.otherCells++;
        seen.lastCell = cell;
      }
      return;
    }
    if (this.#byKey.size >= MOST) return;
    const search = this.#byKey.size < SUGGESTED;
    const nearest = typeof suggestion === 'function' ? (search ? suggestion() : undefined) : suggestion;
    const problem: StudyProblem = {
      code,
      place,
      length: lengthOnLine(at),
      message: printable(message),
      ...(expected !== undefined && { expected }),
      ...(nearest !== undefined && { suggestion: nearest }),
      ...(cell && { cell }),
      lineText: lineOf(at),
    };
    this.#byKey.set(id, { problem, otherCells: 0, lastCell: cell });
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** By file, line and column in code point order. */
  list(): StudyProblem[] {
    const all = [...this.#byKey.values()].map(({ problem, otherCells }) =>
      otherCells > 0 ? { ...problem, otherCells } : problem,
    );
    return all.sort(
      (a, b) =>
        compareCodePoints(a.place.file, b.place.file) ||
        a.place.line - b.place.line ||
        a.place.column - b.place.column ||
        compareCodePoints(a.message, b.message),
    );
  }
}

const WIDEST = 100;

/**
 * A problem in words, without colour:
 *
 *     experiments/figure-4.yaml:12:9: unknown key "lamda" in `with` of stage "tails" (cell C=2 and 4 more)
 *       12 |         lamda: 0.75
 *          |         ^^^^^
 *       expected one of "n", "lambda"
 *       did you mean "lambda"?
 */
export function formatProblem(problem: StudyProblem): string {
  const { place, length, message, expected, suggestion, cell, otherCells, lineText } = problem;
  const cells = cell === undefined ? '' : ` (cell ${printable(cell)}${otherCells ? ` and ${otherCells} more` : ''})`;
  const lines = [`${printable(showPlace(place))}: ${printable(message)}${cells}`];
  if (lineText.trim() !== '') {
    const number = String(place.line);
    const { text, start } = window(lineText, place.column - 1);
    // Tabs stay tabs above the caret, so that it stands right at any tab width.
    const before = [...text.slice(0, start)].map((c) => (c === '\t' ? '\t' : ' ')).join('');
    const marked = Math.max(1, [...text.slice(start, start + length)].length);
    lines.push(`  ${number} | ${text}`, `  ${' '.repeat(number.length)} | ${before}${'^'.repeat(marked)}`);
  }
  if (expected !== undefined) lines.push(`  expected ${printable(expected)}`);
  if (suggestion !== undefined) lines.push(`  did you mean ${quote(suggestion)}?`);
  return lines.join('\n');
}

/** The part of a long line around a column. */
function window(line: string, column: number): { text: string; start: number } {
  const clean = printable(line);
  if (clean.length <= WIDEST) return { text: clean, start: column };
  const from = Math.max(0, Math.min(column - 40, clean.length - WIDEST + 1));
  const text = `${from > 0 ? '…' : ''}${clean.slice(from, from + WIDEST - 2)}${from + WIDEST - 2 < clean.length ? '…' : ''}`;
  return { text, start: column - from + (from > 0 ? 1 : 0) };
}

/** Control and formatting characters could drive a terminal; a study's text may not. Length is kept. */
const printable = (text: string): string => text.replace(/(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');

/** A name or value inside a message: quoted, escaped, and cut where it is long. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value));
  return printable(text.length > 60 ? `${text.slice(0, 57)}…${typeof value === 'string' ? '"' : ''}` : text);
}

/** `"a", "b"` in the given order, cut where there are many. */
export function listed(names: Iterable<string>): string {
  const all = [...names];
  const shown = all.slice(0, 20).map(quote).join(', ');
  return all.length > 20 ? `${shown} and ${all.length - 20} more` : shown;
}

/** `one of "a", "b"`, or `"a"` where there is one. */
export function oneOf(names: Iterable<string>): string | undefined {
  const all = [...names];
  if (all.length === 0) return undefined;
  return all.length === 1 ? quote(all[0]) : `one of ${listed(all)}`;
}
