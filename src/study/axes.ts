import { FAILED, resolve, type Scope } from './interpolate.ts';
import { found, type Node } from './nodes.ts';
import type { Span } from './places.ts';
import type { Json, Scalar } from './plan.ts';
import { quote } from './problems.ts';
import { readRange } from './range.ts';

/** A value of an axis and where it was written. */
export interface Placed {
  readonly value: Scalar;
  readonly at: Span;
}

const EXPECTED = 'a list, a range such as 0.05..0.95 step 0.05, or a reference to a list';

/**
 * The values of an axis: a list of scalars and ranges, one range, or a reference to a list. Values are of one type
 * and none comes twice. Gives undefined after reporting what is wrong.
 */
export function readAxis(node: Node, what: string, scope: Scope, most: number): Placed[] | undefined {
  const { problems } = scope;
  const items: { value: Json; at: Node }[] = [];
  if (node.kind === 'list') {
    for (const item of node.items) {
      const value = resolve(item, scope);
      if (value === FAILED) return undefined;
      items.push({ value, at: item });
    }
  } else {
    const value = node.kind === 'map' ? undefined : resolve(node, scope);
    if (value === FAILED) return undefined;
    if (Array.isArray(value)) items.push(...value.map((item: Json) => ({ value: item, at: node })));
    else if (typeof value === 'string' && value.includes('..')) items.push({ value, at: node });
    else {
      problems.add({ code: 'type', at: node, message: `${what} is ${found(node)}`, expected: EXPECTED });
      return undefined;
    }
  }
  if (items.length === 0) {
    problems.add({ code: 'empty-matrix', at: node, message: `${what} has no values`, expected: 'at least one value' });
    return undefined;
  }
  const placed: Placed[] = [];
  for (const { value, at } of items) {
    if (!isScalar(value)) {
      const shown = value === null ? 'nothing' : Array.isArray(value) ? 'a list' : 'a map';
      problems.add({
        code: 'type',
        at,
        message: `a value of ${what} is ${shown}`,
        expected: 'a string, number or boolean',
      });
      return undefined;
    }
    const range = typeof value === 'string' ? readRange(value, most - placed.length) : undefined;
    if (range === undefined) placed.push({ value, at });
    else if ('wrong' in range) {
      problems.add({ code: 'range', at, message: `${quote(value)} is ${range.wrong}`, expected: range.expected });
      return undefined;
    } else for (const each of range) placed.push({ value: each, at });
    if (placed.length > most) {
      problems.add({ code: 'too-many-cells', at, message: `${what} has more than ${most} values` });
      return undefined;
    }
  }
  return checkValues(placed, what, scope) ? placed : undefined;
}

export const isScalar = (value: Json | undefined): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** One type, no value twice. */
function checkValues(placed: readonly Placed[], what: string, scope: Scope): boolean {
  const seen = new Set<Scalar>();
  let fine = checkType(placed, what, scope);
  for (const { value, at } of placed) {
    if (seen.has(value)) {
      fine = false;
      scope.problems.add({ code: 'duplicate-point', at, message: `${what} has the value ${quote(value)} twice` });
    }
    seen.add(value);
  }
  return fine;
}

/** An axis becomes a column, so its values are all text, all numbers or all booleans. */
export function checkType(placed: readonly Placed[], what: string, scope: Scope): boolean {
  const [first] = placed;
  const other = placed.find(({ value }) => typeof value !== typeof first.value);
  if (other === undefined) return true;
  scope.problems.add({
    code: 'axis-type',
    at: other.at,
    message: `${what} mixes types: ${quote(first.value)} is a ${typeof first.value}, ${quote(other.value)} a ${typeof other.value}`,
    expected: `a ${typeof first.value}`,
  });
  return false;
}
