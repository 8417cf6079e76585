/** The column types a table may declare. Widths are declared, never inferred, so that bytes do not depend on the data. */
export type ColumnType = 'int32' | 'float64' | 'utf8' | 'bool';

/** A cell as JavaScript sees it; null is a missing value. */
export type Value = number | string | boolean | null;

/** Columns by name, all of one length, in the order in which they are shown. */
export type Columns = Readonly<Record<string, ArrayLike<Value>>>;

/** Column types by name, in order. */
export type Schema = Readonly<Record<string, ColumnType>>;

/** A table in memory: what kinds of stage take and give. */
export interface Table {
  readonly schema: Schema;
  readonly columns: Columns;
  readonly rows: number;
}
