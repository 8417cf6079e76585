import { type Alias, type Composer, isAlias, isMap, isScalar, isSeq, type ParsedNode, visit } from 'yaml';
import { LIMITS } from './limits.ts';
import type { Entry, Node } from './nodes.ts';
import { readNumber } from './numbers.ts';
import { type Source, type Span, span } from './places.ts';
import { type Problems, quote } from './problems.ts';

/** Names that JavaScript objects give a meaning of their own. */
const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** A document as the YAML library composes it. */
export type Composed = ReturnType<Composer['compose']> extends Generator<infer D> ? D : never;

/** Turns the library's nodes into ours, writing aliases out by sharing. */
export class Conversion {
  readonly #anchors = new Map<string, Node | 'open' | 'refused'>();
  readonly #sizes = new Map<Node, number>();
  /** Levels of maps and lists in a node, itself included. */
  readonly #heights = new Map<Node, number>();
  #aliases = 0;
  #failed = false;

  readonly #source: Source;
  readonly #problems: Problems;

  constructor(source: Source, problems: Problems) {
    this.#source = source;
    this.#problems = problems;
  }

  convert(document: Composed): Node | undefined {
    visit(document, {
      Node: (_, node) => {
        if (!isAlias(node) && node.tag !== undefined && node.range) {
          const start = Math.max(0, this.#source.text.lastIndexOf('!', node.range[0]));
          this.#refuse('tag', span(this.#source, start, node.range[0]), 'YAML tags (!) are not part of a study');
        }
      },
    });
    const root = this.#node(document.contents as ParsedNode, 0);
    return this.#failed ? undefined : root;
  }

  #refuse(code: string, at: Span, message: string, expected?: string): undefined {
    this.#failed = true;
    this.#problems.add({ code, at, message, expected });
  }

  #tooDeep(here: Span): undefined {
    return this.#refuse('too-deep', here, `nested deeper than ${LIMITS.depth} levels`);
  }

  #node(node: ParsedNode | null, depth: number): Node | undefined {
    const source = this.#source;
    if (node === null) return { kind: 'scalar', value: null, source, start: 0, end: 0 };
    const [start, end] = node.range;
    const here = span(source, start, end);
    if (isAlias(node)) return this.#alias(node.source, here, depth);
    if (!isScalar(node) && depth >= LIMITS.depth) return this.#tooDeep(here);
    if (node.anchor) this.#anchors.set(node.anchor, 'open');
    const made = this.#make(node, here, depth);
    if (node.anchor) this.#anchors.set(node.anchor, made ?? 'refused');
    return made;
  }

  #make(node: Exclude<ParsedNode, Alias>, here: Span, depth: number): Node | undefined {
    const { source, start, end } = here;
    let made: Node | undefined;
    let size = 1;
    let height = 0;
    if (isMap(node)) {
      const entries = new Map<string, Entry>();
      for (const pair of node.items as { key: ParsedNode; value: ParsedNode | null }[]) {
        const read = this.#entry(pair, entries, depth);
        if (read === undefined) continue;
        entries.set(read.name, read.entry);
        size += this.#sizes.get(read.entry.value) ?? 1;
        height = Math.max(height, this.#heights.get(read.entry.value) ?? 0);
      }
      made = { kind: 'map', entries, source, start, end };
    } else if (isSeq(node)) {
      const items: Node[] = [];
      for (const item of node.items as ParsedNode[]) {
        const value = this.#node(item, depth + 1);
        if (value === undefined) continue;
        items.push(value);
        size += this.#sizes.get(value) ?? 1;
        height = Math.max(height, this.#heights.get(value) ?? 0);
      }
      made = { kind: 'list', items, source, start, end };
    } else if (isScalar(node)) {
      const { value } = node;
      const number = typeof value === 'number' ? readNumber(node.source ?? String(value), value) : undefined;
      if (number !== undefined && 'wrong' in number) {
        return this.#refuse('number', here, `${number.wrong}: ${quote(node.source)}`, number.expected);
      }
      made = { kind: 'scalar', value: number?.value ?? (value as null | boolean | string), source, start, end };
    }
    if (made === undefined) return undefined;
    if (size > LIMITS.nodes)
      return this.#refuse('too-large', here, `more than ${LIMITS.nodes} values once aliases are written out`);
    this.#sizes.set(made, size);
    this.#heights.set(made, made.kind === 'scalar' ? 0 : height + 1);
    return made;
  }

  #alias(name: string, here: Span, depth: number): Node | undefined {
    const target = this.#anchors.get(name);
    if (++this.#aliases > LIMITS.aliases)
      return this.#refuse('too-many-aliases', here, `more than ${LIMITS.aliases} aliases`);
    if (target === 'open') return this.#refuse('alias', here, `alias *${name} contains itself`);
    if (target === 'refused') return undefined;
    if (target === undefined) return this.#refuse('alias', here, `alias *${name} has no anchor &${name} before it`);
    if (depth + (this.#heights.get(target) ?? 0) > LIMITS.depth) return this.#tooDeep(here);
    return target;
  }

  #entry(pair: { key: ParsedNode; value: ParsedNode | null }, entries: ReadonlyMap<string, Entry>, depth: number) {
    const { key } = pair;
    const range = key?.range ?? [0, 0, 0];
    const at = span(this.#source, range[0], range[1]);
    if (!isScalar(key) || typeof key.value !== 'string') return this.#refuse('key', at, 'a key must be a string');
    const name = key.value;
    if (name === '<<')
      return this.#refuse(
        'merge-key',
        at,
        'merge keys (<<) are not part of a study',
        'the keys written out, or a reference to a parameter',
      );
    if (RESERVED.has(name)) return this.#refuse('reserved-key', at, `the key ${quote(name)} is reserved`);
    if (entries.has(name)) return this.#refuse('duplicate-key', at, `duplicate key ${quote(name)}`);
    const empty: Node = { kind: 'scalar', value: null, source: this.#source, start: at.start, end: at.end };
    const value = pair.value === null ? empty : this.#node(pair.value, depth + 1);
    return (
      value && { name, entry: { key: at, value: value.kind === 'scalar' && value.end === value.start ? empty : value } }
    );
  }
}
