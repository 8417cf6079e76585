import type { ColumnTable } from 'arquero';
import { checkColumn, checkExpression } from './expression.ts';
import { carried, commonType, type Frame } from './frame.ts';
import type { ColumnType } from './table.ts';
import type { Expression, Verb } from './verb.ts';

type ShapeVerb = Extract<Verb, { readonly verb: 'fold' | 'pivot' | 'unroll' | 'spread' | 'impute' }>;

const namesOf = ({ table }: Frame): string[] => table.columnNames() as string[];

const texts = (columns: readonly Expression[]): Record<string, string> =>
  Object.fromEntries(columns.map(({ name, text }) => [name, text]));

function folded(frame: Frame, after: ColumnTable, columns: readonly string[], as: readonly string[]): Frame {
  const { table, types } = carried(frame, after, as);
  const all = columns.map((name) => frame.types.get(name));
  const value = all.reduce<ColumnType | undefined>((common, type) => commonType(common, type), all[0]);
  return {
    table,
    types: new Map([...types, [as[0], 'utf8'], ...(value === undefined ? [] : [[as[1], value] as const])]),
  };
}

/** Verbs that turn columns into rows or rows into columns, or fill in what is missing. */
export function applyShapeVerb(verb: ShapeVerb, frame: Frame): Frame {
  const { table } = frame;
  const check = (names: readonly string[], path = verb.path) => {
    for (const name of names) checkColumn(name, namesOf(frame), path);
  };
  switch (verb.verb) {
    case 'fold':
      check(verb.columns);
      return folded(frame, table.fold([...verb.columns], { as: [...verb.as] }) as ColumnTable, verb.columns, verb.as);
    case 'pivot': {
      check(verb.on, `${verb.path}.on`);
      for (const value of verb.values) checkExpression(value, namesOf(frame));
      const after = table.pivot([...verb.on], texts(verb.values) as never, { sort: verb.sort }) as ColumnTable;
      const groups = (table.groups()?.names ?? []) as readonly string[];
      return carried(
        frame,
        after,
        after.columnNames().filter((name) => !groups.includes(name)),
      );
    }
    case 'unroll': {
      check(verb.columns);
      const options = verb.index === undefined ? {} : { index: verb.index };
      const computed = [...verb.columns, ...(verb.index === undefined ? [] : [verb.index])];
      return carried(frame, table.unroll([...verb.columns], options) as ColumnTable, computed);
    }
    case 'spread': {
      check(verb.columns);
      const after = table.spread([...verb.columns], verb.as.length > 0 ? { as: [...verb.as] } : {}) as ColumnTable;
      return carried(
        frame,
        after,
        after.columnNames().filter((name) => !table.column(name)),
      );
    }
    case 'impute': {
      check(
        verb.columns.map(({ name }) => name),
        `${verb.path}.values`,
      );
      check(verb.expand, `${verb.path}.expand`);
      for (const column of verb.columns) checkExpression(column, namesOf(frame));
      const options = verb.expand.length > 0 ? { expand: [...verb.expand] } : {};
      return carried(frame, table.impute(texts(verb.columns) as never, options as never) as ColumnTable);
    }
  }
}
