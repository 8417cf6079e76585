/** From low to high; ASCII has no blocks, but characters that stand lower and higher, lighter and darker. */
const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const PLAIN = ['_', '.', '-', '~', '=', '+', '*', '#'];

/** From here on values are shown by their orders of magnitude: the smaller ones would all be one low block. */
const DECADES = 1000;

export interface Sparkline {
  readonly line: string;
  readonly least: number;
  readonly most: number;
  /** Whether heights stand for logarithms. */
  readonly log: boolean;
}

/**
 * The course of a column in one line of at most `width` characters: each the mean of as many rows as fall to it; a space
 * where a value is missing. Undefined where there is no course: less than two different numbers.
 */
export function sparkline(values: ArrayLike<unknown>, width: number, unicode: boolean): Sparkline | undefined {
  const numbers = Array.from(values, (value) =>
    typeof value === 'number' && Number.isFinite(value) ? value : undefined,
  );
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of numbers) {
    if (value === undefined) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (!(least < most) || width < 1) return undefined;
  const log = least > 0 && most / least > DECADES;
  const place = (value: number): number => (log ? Math.log(value) : value);
  const bins = Math.min(width, numbers.length);
  const steps = unicode ? BLOCKS : PLAIN;
  let line = '';
  for (let bin = 0; bin < bins; bin++) {
    const from = Math.floor((bin * numbers.length) / bins);
    const to = Math.floor(((bin + 1) * numbers.length) / bins);
    const own = numbers.slice(from, to).filter((value) => value !== undefined);
    const mean = own.reduce((sum, value) => sum + place(value) / own.length, 0);
    // Halved first: the range of two large numbers may be more than any number.
    const height = (mean / 2 - place(least) / 2) / (place(most) / 2 - place(least) / 2);
    line += own.length === 0 ? ' ' : steps[Math.min(steps.length - 1, Math.max(0, Math.floor(height * steps.length)))];
  }
  return { line, least, most, log };
}
