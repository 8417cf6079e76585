import { type Source, type Span, span } from './places.ts';

/** YAML as the study language sees it: plain data that knows where it was written. Aliases share their node. */
export type Node = MapNode | ListNode | ScalarNode;

interface Written {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

export interface MapNode extends Written {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  readonly key: Span;
  readonly value: Node;
}

export interface ListNode extends Written {
  readonly kind: 'list';
  readonly items: readonly Node[];
}

export interface ScalarNode extends Written {
  readonly kind: 'scalar';
  readonly value: null | boolean | number | string;
}

/** What a message calls a node: `a map`, `a list` or the value itself. */
export function found(node: Node): string {
  if (node.kind === 'map') return 'a map';
  if (node.kind === 'list') return 'a list';
  if (node.value === null) return 'nothing';
  if (typeof node.value !== 'string') return String(node.value);
  const text = JSON.stringify(node.value);
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text;
}

export const isString = (node: Node | undefined): node is ScalarNode & { readonly value: string } =>
  node?.kind === 'scalar' && typeof node.value === 'string';

/** The node at a key of a map; undefined for anything else. */
export const at = (node: Node | undefined, key: string): Node | undefined =>
  node?.kind === 'map' ? node.entries.get(key)?.value : undefined;

/**
 * Where a stretch of a string's value was written: the `index`-th `${` of its text. Escapes and folded lines make
 * other offsets differ between value and text, but the k-th `${` of one is the k-th of the other.
 */
export function referenceSpan(node: ScalarNode, index: number, raw: string): Span {
  const start = marksOf(node)[index];
  if (start === undefined) return node;
  return span(node.source, start, start + (node.source.text.startsWith(raw, start) ? raw.length : 2));
}

const marks = new WeakMap<ScalarNode, readonly number[]>();

/** Where each `${` of a string was written. Looked for once: a text may hold as many as it has room for. */
function marksOf(node: ScalarNode): readonly number[] {
  let found = marks.get(node) as number[] | undefined;
  if (found !== undefined) return found;
  found = [];
  const { text } = node.source;
  for (let at = text.indexOf('${', node.start); at >= 0 && at < node.end; at = text.indexOf('${', at + 1))
    found.push(at);
  marks.set(node, found);
  return found;
}
