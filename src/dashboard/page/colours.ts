/// <reference lib="dom" />
import { STATES } from '../protocol.ts';

/** A colour as the pixels of a canvas hold it on a little-endian machine: alpha, blue, green, red. */
export type Pixel = number;

const pixel = (red: number, green: number, blue: number): Pixel =>
  ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

export const cssOf = (value: Pixel): string => `rgb(${value & 255} ${(value >> 8) & 255} ${(value >> 16) & 255})`;

/** The colour of each state in the theme that is on. */
export function stateColours(): Uint32Array {
  const style = getComputedStyle(document.documentElement);
  return Uint32Array.from(STATES, (state) => {
    const hex = style.getPropertyValue(`--s-${state}`).trim();
    const part = (at: number): number => Number.parseInt(hex.slice(at, at + 2), 16);
    return pixel(part(1), part(3), part(5));
  });
}

/** Viridis (S. van der Walt and N. Smith, 2015) at nine places: it rises evenly in lightness, for every kind of sight. */
const VIRIDIS = [
  [68, 1, 84],
  [71, 44, 122],
  [59, 81, 139],
  [44, 113, 142],
  [33, 144, 141],
  [39, 173, 129],
  [92, 200, 99],
  [170, 220, 50],
  [253, 231, 37],
] as const;

/** Colours from the least to the greatest value. */
export const RAMP: Uint32Array = Uint32Array.from({ length: 256 }, (_, step) => {
  const at = (step / 255) * (VIRIDIS.length - 1);
  const low = Math.min(Math.floor(at), VIRIDIS.length - 2);
  const [red, green, blue] = [0, 1, 2].map((part) =>
    Math.round(VIRIDIS[low][part] + (at - low) * (VIRIDIS[low + 1][part] - VIRIDIS[low][part])),
  );
  return pixel(red, green, blue);
});

/** Beyond this ratio of the extremes of positive values their logarithms are coloured: else one value outshines all. */
const WIDEST = 30;

/** Where a value stands between the extremes, from 0 to 255. */
export function scaleOf([least, greatest]: readonly [number, number]) {
  const isLogarithmic = least > 0 && greatest > WIDEST * least;
  const at = isLogarithmic ? Math.log : (value: number): number => value;
  const span = at(greatest) - at(least);
  const step = (value: number): number => (span > 0 ? Math.round((255 * (at(value) - at(least))) / span) : 0);
  return { isLogarithmic, step };
}

/** The finite extremes of values; undefined where there is none. */
export function extent(values: ArrayLike<number>): readonly [number, number] | undefined {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) continue;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return least <= greatest ? [least, greatest] : undefined;
}
