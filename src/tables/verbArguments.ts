import type { Expression, On, Selection } from './verb.ts';
import { isMapping, type Node } from './verbReader.ts';

export type Pair = readonly [string, string];

export const expression = (node: Node, name: string): Expression => ({
  name,
  text: node.text('an expression, such as "d => d.x"'),
  path: node.path,
});

export const expressions = (node: Node): Expression[] =>
  node.entries('a mapping of column names to expressions').map(([name, value]) => {
    if (name === '__proto__' || name === '') value.problem(`a column may not be named ${JSON.stringify(name)}`);
    return expression(value, name);
  });

/** The expression that reads a column of the row. */
export const columnExpression = (name: string, path: string): Expression => ({
  name,
  text: `d => d[${JSON.stringify(name)}]`,
  path,
});

const isExpression = (value: unknown): boolean => typeof value === 'string' && value.includes('=>');

/** `[a, {b: new}]` or `{a: new}`: columns under old or new names. */
const pairs = (node: Node): Pair[] =>
  node
    .items()
    .flatMap((item): Pair[] =>
      isMapping(item.value)
        ? item.entries('').map(([from, to]): Pair => [from, to.columnName()])
        : [[item.columnName(), item.value as string]],
    );

export function selection(node: Node): Selection {
  const { value } = node;
  if (isMapping(value) && Object.keys(value).length === 1 && Array.isArray(value.not)) {
    return { drop: node.at('not').columnNames() };
  }
  return { keep: pairs(node) };
}

/** `[C, i]`: keys that both tables have; `{ i: length }`: this table's name and the other's; else a condition `(a, b) => …`. */
export function on(node: Node): On | undefined {
  if (node.absent) return undefined;
  if (isExpression(node.value)) return { condition: expression(node, 'on') };
  if (isMapping(node.value)) {
    const keys = node.entries('').map(([left, right]): Pair => [left, right.columnName()]);
    return { left: keys.map(([left]) => left), right: keys.map(([, right]) => right) };
  }
  const names = node.columnNames();
  return { left: names, right: names };
}

export const aggregates = (node: Node): Expression[] =>
  isMapping(node.value)
    ? expressions(node)
    : node.columnNames().map((name) => ({ name, text: `d => op.any(d[${JSON.stringify(name)}])`, path: node.path }));

export const columnsOf = (node: Node): string[] => (isMapping(node.value) ? node.at('columns') : node).columnNames();

export function orderKey(node: Node): { by: Expression; descending: boolean } {
  const descending = isMapping(node.value);
  node.only('desc');
  const key = descending ? node.at('desc') : node;
  const by = isExpression(key.value) ? expression(key, 'orderby') : columnExpression(key.columnName(), key.path);
  return { by, descending };
}
