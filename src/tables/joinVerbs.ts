import { all, type ColumnTable, field, not } from 'arquero';
import { TableError } from './column.ts';
import { checkColumn, checkExpression } from './expression.ts';
import { commonType, type Frame } from './frame.ts';
import type { ColumnType } from './table.ts';
import type { JoinName, On, Verb } from './verb.ts';

type JoinVerb = Extract<Verb, { readonly verb: JoinName }>;

// No study's column has these names, since a name in YAML cannot hold U+0000.
const LEFT = '\0left';
const RIGHT = '\0right';

const OUTER: Readonly<Record<string, object>> = {
  join: {},
  join_left: { left: true },
  join_right: { right: true },
  join_full: { left: true, right: true },
  cross: { left: true, right: true },
};

const namesOf = (table: ColumnTable): string[] => table.columnNames() as string[];

/** The matching condition in Arquero's form, its columns checked. Absent: the columns that both tables have. */
function matching(verb: { readonly path: string; readonly on?: On }, left: ColumnTable, right: ColumnTable): unknown {
  const { on } = verb;
  const where = `${verb.path}.on`;
  if (on === undefined) {
    const shared = namesOf(left).filter((name) => namesOf(right).includes(name));
    if (shared.length === 0)
      throw new TableError(
        `${where}: the tables share no column (${namesOf(left).join(', ')}; ${namesOf(right).join(', ')})`,
      );
    return [shared, shared];
  }
  if ('condition' in on) {
    checkExpression(on.condition, namesOf(left), namesOf(right));
    // Arquero would read a string as the name of a key.
    const { text } = on.condition;
    return { toString: () => text };
  }
  for (const name of on.left) checkColumn(name, namesOf(left), where);
  for (const name of on.right) checkColumn(name, namesOf(right), where);
  return [on.left, on.right];
}

/** The table with its rows numbered in their present order. */
function numbered(table: ColumnTable, name: string): ColumnTable {
  const rows = table.ungroup().reify() as ColumnTable;
  return rows.assign({
    [name]: Float64Array.from({ length: rows.numRows() }, (_, row) => row),
  } as never) as ColumnTable;
}

function joinedTypes(
  left: Frame,
  right: Frame,
  names: readonly string[],
  suffix: readonly string[],
): Map<string, ColumnType> {
  const types = new Map<string, ColumnType>();
  const strip = (name: string, end: string) => (name.endsWith(end) ? name.slice(0, name.length - end.length) : name);
  for (const name of names) {
    const fromLeft = left.types.get(name);
    const fromRight = right.types.get(name);
    // A key that stands in both tables may take its value from either.
    const type =
      fromLeft !== undefined && fromRight !== undefined
        ? commonType(fromLeft, fromRight)
        : (fromLeft ?? fromRight ?? left.types.get(strip(name, suffix[0])) ?? right.types.get(strip(name, suffix[1])));
    if (type !== undefined) types.set(name, type);
  }
  return types;
}

/**
 * A join of two tables. Rows come in the first table's order, then the second's, whichever of them Arquero scans;
 * unmatched rows of the second come last.
 */
export function applyJoin(verb: JoinVerb, left: Frame, right: Frame): Frame {
  if (verb.verb === 'semijoin' || verb.verb === 'antijoin') {
    const on = matching(verb, left.table, right.table);
    return { table: left.table[verb.verb](right.table, on as never) as ColumnTable, types: left.types };
  }
  const a = numbered(left.table, LEFT);
  const b = numbered(right.table, RIGHT);
  const on = verb.verb === 'cross' ? () => true : matching(verb, left.table, right.table);
  const options = { ...OUTER[verb.verb], suffix: [...verb.suffix] };
  const values = !Array.isArray(on) ? [all(), all()] : undefined;
  const joined = a.join(b, on as never, values as never, options as never) as ColumnTable;
  const table = joined.orderby(field(LEFT), field(RIGHT)).reify().unorder().select(not(LEFT, RIGHT)) as ColumnTable;
  return { table, types: joinedTypes(left, right, namesOf(table), verb.suffix) };
}

type LookupVerb = Extract<Verb, { readonly verb: 'lookup' }>;

/** The named columns of the other table's last row with the same key; missing where there is none. */
export function applyLookup(verb: LookupVerb, left: Frame, right: Frame): Frame {
  const on = matching(verb, left.table, right.table);
  for (const name of verb.columns) checkColumn(name, namesOf(right.table), `${verb.path}.columns`);
  const values = verb.columns.length > 0 ? [verb.columns] : [];
  const table = left.table.lookup(right.table, on as never, ...(values as never[])) as ColumnTable;
  const types = new Map(left.types);
  for (const name of namesOf(table)) {
    const looked = verb.columns.length > 0 ? verb.columns.includes(name) : !left.table.column(name);
    const type = looked ? right.types.get(name) : left.types.get(name);
    if (type === undefined) types.delete(name);
    else types.set(name, type);
  }
  return { table, types };
}
