import type { Scalar } from './plan.ts';

export type Point = Readonly<Record<string, Scalar>>;

/** The points of a stage's matrix in order: the first axis changes slowest, `include` comes last. */
export interface Matrix {
  readonly axes: readonly string[];
  readonly points: readonly Point[];
}

export const NO_MATRIX: Matrix = { axes: [], points: [Object.create(null)] };

/** A point from its values in axis order. */
export function point(values: readonly (readonly [string, Scalar])[]): Record<string, Scalar> {
  const made: Record<string, Scalar> = Object.create(null);
  for (const [name, value] of values) made[name] = value;
  return made;
}

/** `C=2,lambda=0.75`; characters that would make it ambiguous, or no word of a command line, are written %2C. */
export const cellId = (axes: readonly string[], values: Point): string =>
  axes.map((axis) => `${axis}=${escapeId(String(values[axis]))}`).join(',');

const escapeId = (text: string): string =>
  text.replace(/[^\p{L}\p{N}._+-]/gu, (c) =>
    [...new TextEncoder().encode(c)].map((b) => `%${b.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
