import { FAILED, resolve, type Scope } from './interpolate.ts';
import { found, type Node } from './nodes.ts';
import type { Json } from './plan.ts';
import { quote } from './problems.ts';

/** The value of a node if `read` understands it; reports it otherwise. */
export function valueAt<T>(
  node: Node,
  what: string,
  expected: string,
  read: (value: Json) => T | undefined,
  scope: Scope,
): T | undefined {
  const value = resolve(node, scope);
  if (value === FAILED) return undefined;
  const meant = read(value);
  if (meant !== undefined) return meant;
  const shown = typeof value === 'object' ? found(node) : quote(value);
  scope.problems.add({ code: 'type', at: node, message: `${what} is ${shown}`, expected });
  return undefined;
}

export const integer = (least: number, most: number) => (value: Json) =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : undefined;
