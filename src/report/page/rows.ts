/** A row of a figure's data. */
export type Row = Readonly<Record<string, unknown>>;

/** The tables that a self-contained specification carries, by the names that it has for them. */
export function datasetsOf(spec: Readonly<Record<string, unknown>>): Map<string, readonly Row[]> {
  const { datasets, data } = spec as { datasets?: Record<string, unknown>; data?: { values?: unknown } };
  const found: [string, unknown][] = [
    ...Object.entries(datasets ?? {}),
    ...(data?.values === undefined ? [] : [['data', data.values] as [string, unknown]]),
  ];
  return new Map(found.filter((entry): entry is [string, Row[]] => isRows(entry[1])));
}

const isRows = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((row) => typeof row === 'object' && row !== null);
