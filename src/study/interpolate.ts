import { nearest } from '../tables/nearest.ts';
import type { Budget } from './budget.ts';
import { type Node, referenceSpan, type ScalarNode } from './nodes.ts';
import type { Span } from './places.ts';
import type { Json, Scalar } from './plan.ts';
import { oneOf, type Problems, quote } from './problems.ts';
import { type Part, type Reference, readTemplate, soleReference } from './template.ts';

/** The answer where a value could not be had; why has been reported. */
export const FAILED = Symbol('failed');
export type Failed = typeof FAILED;

/** What a reference may name at some place of a study. */
export interface Scope {
  readonly problems: Problems;
  readonly budget: Budget;
  /** A fresh copy of a parameter's value. */
  param(path: readonly string[], at: Span): Json | Failed;
  readonly paramNames: readonly string[];
  /** Axis values of the cell; absent where no cell is meant. */
  readonly matrix?: Readonly<Record<string, Scalar>>;
  /** Why there is none, as a whole message. */
  readonly noMatrix?: string;
  readonly cell?: string;
  /** Names after `inputs.` and `outputs.`, which stay in the text. */
  readonly kept?: Readonly<Record<'inputs' | 'outputs', readonly string[]>>;
}

const templates = new WeakMap<ScalarNode, readonly Part[]>();

export function templateOf(node: ScalarNode & { readonly value: string }): readonly Part[] {
  let parts = templates.get(node);
  if (parts === undefined) {
    parts = readTemplate(node.value);
    templates.set(node, parts);
  }
  return parts;
}

/**
 * The plain value of a node with every reference replaced. A string that is exactly one reference takes the value
 * with its type; otherwise scalars are written into the text.
 */
export function resolve(node: Node, scope: Scope): Json | Failed {
  if (node.kind === 'map') {
    scope.budget.spend(1);
    const result: Record<string, Json> = Object.create(null);
    let failed = false;
    for (const [name, { value }] of node.entries) {
      const resolved = resolve(value, scope);
      if (resolved === FAILED) failed = true;
      else result[name] = resolved;
    }
    return failed ? FAILED : result;
  }
  if (node.kind === 'list') {
    scope.budget.spend(1);
    const items = node.items.map((item) => resolve(item, scope));
    return items.includes(FAILED) ? FAILED : (items as Json[]);
  }
  if (typeof node.value !== 'string') {
    scope.budget.spend(1);
    return node.value;
  }
  return resolveText(node as ScalarNode & { value: string }, scope);
}

function resolveText(node: ScalarNode & { readonly value: string }, scope: Scope): Json | Failed {
  const parts = templateOf(node);
  const sole = soleReference(parts);
  if (sole) return lookUp(node, sole, scope);
  let text = '';
  let failed = false;
  for (const part of parts) {
    const value = typeof part === 'string' ? part : lookUp(node, part, scope);
    if (value === FAILED) failed = true;
    else if (typeof value === 'object') {
      failed = true;
      scope.problems.add({
        code: 'reference-type',
        at: referenceSpan(node, (part as Reference).index, (part as Reference).raw),
        message: `${(part as Reference).raw} is ${value === null ? 'nothing' : Array.isArray(value) ? 'a list' : 'a map'} and cannot be written into a text`,
        expected: 'a string, number or boolean, or the reference alone in its string',
        cell: scope.cell,
      });
    } else text += String(value);
    scope.budget.spendText(text);
  }
  return failed ? FAILED : text;
}

function lookUp(node: ScalarNode, reference: Reference, scope: Scope): Json | Failed {
  const { raw, root, path, index, wrong } = reference;
  const at = referenceSpan(node, index, raw);
  const refuse = (message: string, expected?: string, suggestion?: string): Failed => {
    scope.problems.add({ code: 'reference', at, message, expected, suggestion, cell: scope.cell });
    return FAILED;
  };
  const literal = `write $\${ for a literal \${`;
  if (wrong) return refuse(`${quote(raw)} ${wrong}`, `a name such as \${params.n}; ${literal}`);
  if (root === 'params' && path.length > 0) return scope.param(path, at);
  if (root === 'matrix' && path.length > 0) {
    if (scope.matrix === undefined) return refuse(scope.noMatrix ?? `${raw} has no meaning here`);
    const name = path.join('.');
    const value = scope.matrix[name];
    scope.budget.spend(1);
    if (value !== undefined && Object.hasOwn(scope.matrix, name)) return value;
    const axes = Object.keys(scope.matrix);
    if (axes.length === 0) return refuse(`unknown axis ${quote(name)}: the stage has no matrix`);
    return refuse(`unknown axis ${quote(name)}`, oneOf(axes), nearest(name, axes));
  }
  if ((root === 'inputs' || root === 'outputs') && scope.kept) {
    const name = path.join('.');
    if (scope.kept[root].includes(name)) return raw;
    const what = root === 'inputs' ? 'input' : 'output';
    return refuse(`unknown ${what} ${quote(name)}`, oneOf(scope.kept[root]), nearest(name, scope.kept[root]));
  }
  const whole = [root, ...path].join('.');
  const roots = ['params', 'matrix', ...(scope.kept ? ['inputs', 'outputs'] : [])];
  const axes = Object.keys(scope.matrix ?? {});
  const suggestion =
    path.length === 0
      ? scope.paramNames.includes(root)
        ? `params.${root}`
        : axes.includes(root)
          ? `matrix.${root}`
          : undefined
      : [nearest(root, roots), ...path].join('.');
  return refuse(
    `unknown name ${quote(whole)}`,
    `a name that begins with ${roots.map((r) => `${r}.`).join(', ')}; ${literal}`,
    path.length > 0 && nearest(root, roots) === undefined ? undefined : suggestion,
  );
}

/** The references that a node's text makes; none for maps and lists. */
export function referencesOf(node: Node): readonly Reference[] {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return [];
  return templateOf(node as ScalarNode & { value: string }).filter((part) => typeof part !== 'string');
}
