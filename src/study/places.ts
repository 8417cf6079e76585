import type { Place } from './plan.ts';

/** The text of a study file, or of an option of the command line (`--set`), in which places are found. */
export interface Source {
  /** Relative to the study's folder, with forward slashes. */
  readonly file: string;
  readonly text: string;
  readonly lineStarts: readonly number[];
}

/** A stretch of a source, in UTF-16 units; `end` is exclusive. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

export function makeSource(file: string, text: string): Source {
  const lineStarts = [0];
  for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) lineStarts.push(i + 1);
  return { file, text, lineStarts };
}

export const span = (source: Source, start: number, end: number): Span => ({ source, start, end });

/** The beginning of a source: for what is wrong with a file as a whole. */
export const startOf = (source: Source): Span => span(source, 0, 0);

function lineIndex({ lineStarts }: Source, offset: number): number {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lineStarts[middle] <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function placeOf({ source, start }: Span): Place {
  const line = lineIndex(source, start);
  return { file: source.file, line: line + 1, column: start - source.lineStarts[line] + 1 };
}

/** The line on which a span starts, without its end of line. */
export function lineOf({ source, start }: Span): string {
  const line = lineIndex(source, start);
  return source.text
    .slice(source.lineStarts[line], source.lineStarts[line + 1] ?? source.text.length)
    .replace(/\r?\n$/, '');
}

/** How many characters of its first line a span covers; at least 1. */
export function lengthOnLine(at: Span): number {
  const { column } = placeOf(at);
  return Math.max(1, Math.min(at.end - at.start, lineOf(at).length - column + 1));
}

/** `file:line:column`, as editors understand it. */
export const showPlace = ({ file, line, column }: Place): string => `${file}:${line}:${column}`;
