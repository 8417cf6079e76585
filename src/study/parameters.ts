import { nearest } from '../tables/nearest.ts';
import type { Budget } from './budget.ts';
import { FAILED, type Failed, resolve, type Scope } from './interpolate.ts';
import type { Node } from './nodes.ts';
import { placeOf, type Span, showPlace } from './places.ts';
import type { Json } from './plan.ts';
import { oneOf, type Problems, quote } from './problems.ts';

/** How far parameters may refer to parameters that refer to parameters; their values nest that much deeper. */
const DEEPEST = 16;

/**
 * A study's parameters after its profile and `--set`, resolved when first asked for: they may refer to one another
 * in any order, but not in a circle.
 */
export class Parameters {
  readonly #nodes: ReadonlyMap<string, Node>;
  readonly #values = new Map<Node, Json | Failed>();
  /** Nodes being resolved, outermost first, under the names by which they were asked for. */
  readonly #open = new Map<Node, string>();
  readonly scope: Scope;

  constructor(nodes: ReadonlyMap<string, Node>, problems: Problems, budget: Budget) {
    this.#nodes = nodes;
    this.scope = {
      problems,
      budget,
      paramNames: [...nodes.keys()],
      param: (path, at) => this.#look(path, at),
      noMatrix: 'a parameter cannot depend on a matrix',
    };
  }

  /** All values; those that failed are left out and have been reported. */
  all(): Readonly<Record<string, Json>> {
    const result: Record<string, Json> = Object.create(null);
    for (const [name, node] of this.#nodes) {
      const value = this.#value(node, `params.${name}`, node);
      if (value !== FAILED) result[name] = value;
    }
    return result;
  }

  /** The node that defines a parameter, as far as its path leads. */
  definition(path: readonly string[]): Node | undefined {
    let node = this.#nodes.get(path[0]);
    for (const name of path.slice(1)) {
      const next = node?.kind === 'map' ? node.entries.get(name)?.value : undefined;
      if (next === undefined) break;
      node = next;
    }
    return node;
  }

  #look(path: readonly string[], at: Span): Json | Failed {
    const { problems } = this.scope;
    const unknown = (depth: number, names: readonly string[], what: string): Failed => {
      const name = path[depth];
      const suggestion = (): string | undefined => {
        const close = nearest(name, names);
        return close && ['params', ...path.slice(0, depth), close, ...path.slice(depth + 1)].join('.');
      };
      problems.add({
        code: 'reference',
        at,
        message: `unknown parameter ${quote(path.join('.'))}${what}`,
        expected: oneOf(names),
        suggestion,
      });
      return FAILED;
    };
    let node = this.#nodes.get(path[0]);
    if (node === undefined) return unknown(0, [...this.#nodes.keys()], '');
    let depth = 1;
    // Down the map as written, so that a.b may refer to a.c.
    while (depth < path.length && node.kind === 'map') {
      const next: Node | undefined = node.entries.get(path[depth])?.value;
      if (next === undefined) return unknown(depth, [...node.entries.keys()], '');
      node = next;
      depth++;
    }
    let value = this.#value(node, `params.${path.slice(0, depth).join('.')}`, at);
    // Then down the value, which a reference may have supplied.
    for (; depth < path.length && value !== FAILED; depth++) {
      if (typeof value !== 'object' || value === null)
        return unknown(depth, [], `: params.${path.slice(0, depth).join('.')} is no map`);
      const next: Json | undefined = (value as Record<string, Json>)[path[depth]];
      if (next === undefined || !Object.hasOwn(value, path[depth]))
        return unknown(depth, Array.isArray(value) ? [] : Object.keys(value), '');
      value = next;
    }
    return value === FAILED ? FAILED : this.#copy(value);
  }

  #value(node: Node, name: string, at: Span): Json | Failed {
    const known = this.#values.get(node);
    if (known !== undefined) return known;
    const { problems } = this.scope;
    if (this.#open.has(node)) {
      const names = [...this.#open.values()];
      const circle = [...names.slice(names.indexOf(this.#open.get(node)!)), this.#open.get(node)!];
      problems.add({
        code: 'parameter-cycle',
        at,
        message: `parameters refer to one another in a circle: ${circle.join(' → ')}`,
      });
      return FAILED;
    }
    if (this.#open.size >= DEEPEST) {
      problems.add({ code: 'too-deep', at, message: `parameters refer to one another more than ${DEEPEST} deep` });
      return FAILED;
    }
    this.#open.set(node, name);
    const value = resolve(node, this.scope);
    this.#open.delete(node);
    this.#values.set(node, value);
    return value;
  }

  #copy(value: Json): Json {
    const { budget } = this.scope;
    if (typeof value === 'string') {
      budget.spendText(value);
      return value;
    }
    budget.spend(1);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => this.#copy(item));
    const copy: Record<string, Json> = Object.create(null);
    for (const [name, item] of Object.entries(value)) copy[name] = this.#copy(item);
    return copy;
  }

  /** `params.lambda is defined at pipeline.yaml:5:30` for a path. */
  whereDefined(path: readonly string[]): string | undefined {
    const node = this.definition(path);
    return node && `params.${path.join('.')} is defined at ${showPlace(placeOf(node))}`;
  }
}
