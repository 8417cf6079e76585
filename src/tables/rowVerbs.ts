import { type ColumnTable, desc, not } from 'arquero';
import { checkColumn, checkExpression } from './expression.ts';
import { carried, type Frame } from './frame.ts';
import type { Expression, Verb } from './verb.ts';

const namesOf = ({ table }: Frame): string[] => table.columnNames() as string[];

const texts = (columns: readonly Expression[]): Record<string, string> =>
  Object.fromEntries(columns.map(({ name, text }) => [name, text]));

function checkAll(columns: readonly Expression[], frame: Frame): void {
  for (const column of columns) checkExpression(column, namesOf(frame));
}

function checkNames(names: readonly string[], frame: Frame, path: string): void {
  for (const name of names) checkColumn(name, namesOf(frame), path);
}

type RowVerb = Exclude<
  Verb,
  | { readonly other: unknown }
  | { readonly others: unknown }
  | { readonly verb: 'fold' | 'pivot' | 'unroll' | 'spread' | 'impute' }
>;

/** Verbs of one table that keep its shape or aggregate it. */
export function applyRowVerb(verb: RowVerb, frame: Frame): Frame {
  const { table } = frame;
  const keep = (after: unknown, computed: readonly string[] = []) => carried(frame, after as ColumnTable, computed);
  switch (verb.verb) {
    case 'derive':
      checkAll(verb.columns, frame);
      return keep(
        table.derive(texts(verb.columns)),
        verb.columns.map(({ name }) => name),
      );
    case 'rollup':
      checkAll(verb.columns, frame);
      return keep(
        table.rollup(texts(verb.columns)),
        verb.columns.map(({ name }) => name),
      );
    case 'count':
      return keep(table.count({ as: verb.as }), [verb.as]);
    case 'groupby':
      checkAll(verb.columns, frame);
      return keep(table.groupby(texts(verb.columns) as never));
    case 'ungroup':
      return keep(table.ungroup());
    case 'filter':
      checkExpression(verb.condition, namesOf(frame));
      return keep(table.filter(verb.condition.text as never));
    case 'orderby':
      checkAll(
        verb.keys.map(({ by }) => by),
        frame,
      );
      return keep(
        table.orderby(
          ...(verb.keys.map(({ by, descending }) => ({ by: descending ? desc(by.text) : by.text })) as never[]),
        ),
      );
    case 'unorder':
      return keep(table.unorder());
    case 'slice':
      return keep(table.slice(verb.start, verb.end));
    case 'dedupe':
      checkNames(verb.columns, frame, verb.path);
      return keep(table.dedupe(...verb.columns));
    case 'select': {
      if ('drop' in verb.selection) {
        checkNames(verb.selection.drop, frame, `${verb.path}.not`);
        return keep(table.select(not(...verb.selection.drop)));
      }
      const { keep: pairs } = verb.selection;
      checkNames(
        pairs.map(([from]) => from),
        frame,
        verb.path,
      );
      return keep(table.select(...(pairs.map(([from, to]) => ({ [from]: to })) as never[])));
    }
    case 'rename':
      checkNames(
        verb.names.map(([from]) => from),
        frame,
        verb.path,
      );
      return keep(table.rename(Object.fromEntries(verb.names)));
    case 'relocate': {
      const anchor = (verb.before ?? verb.after)!;
      checkNames([...verb.columns, anchor], frame, verb.path);
      const place = verb.before === undefined ? { after: anchor } : { before: anchor };
      return keep(table.relocate([...verb.columns] as never, place as never));
    }
  }
}
