import { table } from '../../src/engine/stage.ts';
import { valuesOf } from '../../src/science/drift/piecewiseLinear.ts';
import type { SearchResult } from '../../src/science/drift/search.ts';
import { format, toNumber } from '../../src/science/numeric/rational.ts';

/** f at D = 0, 1, …: `value` is f(D), `slope` is f(D + 1) − f(D), each exactly beside the nearest double. */
export const functionTable = table({
  side: 'utf8',
  D: 'int32',
  slope: 'float64',
  slopeExact: 'utf8',
  value: 'float64',
  valueExact: 'utf8',
});

/** The rows of the functions that were found, one after another. */
export function functionRows(results: readonly SearchResult[]) {
  const rows = results.flatMap(({ status, found }) =>
    (found?.slopes ?? []).map((slope, D) => ({ status, D, slope, value: valuesOf(found!)[D] })),
  );
  return {
    side: rows.map(({ status }) => (status === 'certified-stable' ? 'stable' : 'unstable')),
    D: rows.map(({ D }) => D),
    slope: rows.map(({ slope }) => toNumber(slope)),
    slopeExact: rows.map(({ slope }) => format(slope)),
    value: rows.map(({ value }) => toNumber(value)),
    valueExact: rows.map(({ value }) => format(value)),
  };
}

/** The rates between which the function found proves its side; a missing upper end is none. */
export function provedInterval({ found }: SearchResult): { from: number | null; to: number | null } {
  if (found === null) return { from: null, to: null };
  const { above, below } = found.proves;
  return { from: toNumber(above), to: below && toNumber(below) };
}
