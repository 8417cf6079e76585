/** How a stage's cells are laid out: cell i stands in column `i % columns` and row `floor(i / columns)`. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
  /** The axis that runs to the right, and the ones that run down, where the cells are all combinations of their values. */
  readonly across?: string;
  readonly down?: readonly string[];
}

interface Axis {
  readonly name: string;
  readonly values: readonly unknown[];
}

/** Beyond this many times as long as wide, a grid is cut into rows as a text is into lines. */
const SLENDEST = 12;

/**
 * The last axis varies fastest. Where its values repeat in the same order throughout, a column belongs to each of them;
 * else, and where that would be too slender to be seen, cells fill rows in their order.
 */
export function gridOf(axes: readonly Axis[], cells: number): Grid {
  const last = axes.at(-1);
  const period = last === undefined ? cells : periodOf(last.values);
  const rows = cells / period;
  if (
    last !== undefined &&
    period > 1 &&
    Number.isInteger(rows) &&
    Math.max(period / rows, rows / period) <= SLENDEST
  ) {
    const down = axes.slice(0, -1).map(({ name }) => name);
    return { columns: period, rows, across: last.name, ...(down.length > 0 && { down }) };
  }
  const columns = cells <= SLENDEST ? Math.max(cells, 1) : Math.ceil(Math.sqrt(cells * 1.8));
  return { columns, rows: Math.ceil(cells / columns) };
}

/** After how many cells the values of an axis begin again; all of them where they never do. */
function periodOf(values: readonly unknown[]): number {
  const again = values.indexOf(values[0], 1);
  if (again < 0) return values.length;
  return values.every((value, i) => value === values[i % again]) ? again : values.length;
}

/** What stands over each column and before each row: the values of the axes that run that way. */
export function labelsOf(
  { columns, rows, across, down = [] }: Grid,
  axes: readonly Axis[],
  words: (value: unknown) => string,
) {
  const valuesOf = (name: string): readonly unknown[] => axes.find((axis) => axis.name === name)?.values ?? [];
  const over = across === undefined ? [] : Array.from({ length: columns }, (_, i) => words(valuesOf(across)[i]));
  const before =
    down.length === 0
      ? []
      : Array.from({ length: rows }, (_, row) => down.map((name) => words(valuesOf(name)[row * columns])).join(' · '));
  return { over, before };
}

/** The cell that an arrow key leads to; the same where there is none that way. */
export function neighbour(cell: number, key: string, { columns }: Grid, cells: number): number {
  const to = {
    ArrowLeft: cell - 1,
    ArrowRight: cell + 1,
    ArrowUp: cell - columns,
    ArrowDown: cell + columns,
    Home: 0,
    End: cells - 1,
  }[key];
  return to !== undefined && to >= 0 && to < cells ? to : cell;
}
