import { Composer, type CST, isAlias, isMap, isScalar, isSeq, Lexer, type ParsedNode, Parser, visit } from 'yaml';
import type { Entry, Node } from './nodes.ts';
import { readNumber } from './numbers.ts';
import { type Source, type Span, span, startOf } from './places.ts';
import { type Problems, quote } from './problems.ts';

/** Bounds on untrusted YAML. Each is far above what a study needs and far below what hurts. */
export const LIMITS = {
  bytes: 1_000_000,
  /** Maps and lists inside one another. */
  depth: 64,
  /** Nodes after aliases are written out. */
  nodes: 100_000,
  /** Words, marks and gaps of the text; what the parser's time grows with. */
  lexemes: 400_000,
  aliases: 1000,
};

/** Names that JavaScript objects give a meaning of their own. */
const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads one YAML document within LIMITS: the 1.2 core schema with string keys and without tags, directives, merge
 * keys or duplicate keys. Gives undefined when the text cannot be read at all; problems are reported either way.
 */
export function readDocument(source: Source, problems: Problems): Node | undefined {
  if (source.text.length > LIMITS.bytes) {
    problems.add({ code: 'too-large', at: startOf(source), message: `this file is larger than ${LIMITS.bytes} bytes` });
    return undefined;
  }
  const tokens = tokenize(source, problems);
  if (tokens === undefined) return undefined;
  const composer = new Composer({
    schema: 'core',
    stringKeys: true,
    resolveKnownTags: false,
    logLevel: 'silent',
    // The library compares all pairs of keys, 100 s for a 1 MB map; the conversion below looks them up instead.
    uniqueKeys: false,
  });
  const documents = [...composer.compose(tokens, true, source.text.length)];
  const [document] = documents;
  if (documents.length > 1) {
    const [start, end] = documents[1].range;
    const text = span(source, start, Math.min(end, start + 3));
    problems.add({
      code: 'several-documents',
      at: text,
      message: 'a second YAML document',
      expected: 'one document in a file',
    });
    return undefined;
  }
  for (const { pos, message, code } of document.errors.slice(0, 20)) {
    const [start, end] = pos[0] < 0 ? [0, 0] : pos;
    const shown = message.replace(/^With stringKeys, all keys must be strings$/, 'a key must be a string');
    problems.add({
      code: code === 'TAG_RESOLVE_FAILED' ? 'tag' : 'syntax',
      at: span(source, start, end),
      message: firstToLower(shown),
    });
  }
  if (document.errors.length > 0) return undefined;
  if (document.contents === null) return { kind: 'scalar', value: null, source, start: 0, end: 0 };
  return new Conversion(source, problems).convert(document);
}

const firstToLower = (text: string): string =>
  /^[A-Z][a-z]/.test(text) ? text[0].toLowerCase() + text.slice(1) : text;

/** Drives the parser word by word, so that depth and size are known before anything recursive sees the text. */
function tokenize(source: Source, problems: Problems): CST.Token[] | undefined {
  const lexer = new Lexer();
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  const refuse = (code: string, message: string, length = 1): undefined => {
    problems.add({ code, at: span(source, parser.offset, parser.offset + length), message });
  };
  for (const lexeme of lexer.lex(source.text)) {
    for (const token of parser.next(lexeme)) {
      if (token.type === 'directive') return refuse('directive', 'YAML directives (%) are not part of a study');
      tokens.push(token);
    }
    // A level of data takes at most three entries of the parser's stack.
    if (parser.stack.length > 3 * LIMITS.depth + 8)
      return refuse('too-deep', `nested deeper than ${LIMITS.depth} levels`);
    if (++lexemes > LIMITS.lexemes)
      return refuse('too-large', `more than ${LIMITS.lexemes} words and marks in one file`);
  }
  tokens.push(...parser.end());
  return tokens;
}

type Composed = ReturnType<Composer['compose']> extends Generator<infer D> ? D : never;

/** Turns the library's nodes into ours, writing aliases out by sharing. */
class Conversion {
  readonly #anchors = new Map<string, Node | 'open'>();
  readonly #sizes = new Map<Node, number>();
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

  #node(node: ParsedNode | null, depth: number): Node | undefined {
    const source = this.#source;
    if (node === null) return { kind: 'scalar', value: null, source, start: 0, end: 0 };
    const [start, end] = node.range;
    const here = span(source, start, end);
    if (isAlias(node)) return this.#alias(node.source, here);
    if (depth > LIMITS.depth) return this.#refuse('too-deep', here, `nested deeper than ${LIMITS.depth} levels`);
    if (node.anchor) this.#anchors.set(node.anchor, 'open');
    let made: Node | undefined;
    let size = 1;
    if (isMap(node)) {
      const entries = new Map<string, Entry>();
      for (const pair of node.items as { key: ParsedNode; value: ParsedNode | null }[]) {
        const read = this.#entry(pair, entries, depth);
        if (read === undefined) continue;
        entries.set(read.name, read.entry);
        size += this.#sizes.get(read.entry.value) ?? 1;
      }
      made = { kind: 'map', entries, source, start, end };
    } else if (isSeq(node)) {
      const items: Node[] = [];
      for (const item of node.items as ParsedNode[]) {
        const value = this.#node(item, depth + 1);
        if (value === undefined) continue;
        items.push(value);
        size += this.#sizes.get(value) ?? 1;
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
    if (node.anchor) this.#anchors.set(node.anchor, made);
    return made;
  }

  #alias(name: string, here: Span): Node | undefined {
    const target = this.#anchors.get(name);
    if (++this.#aliases > LIMITS.aliases)
      return this.#refuse('too-many-aliases', here, `more than ${LIMITS.aliases} aliases`);
    if (target === 'open') return this.#refuse('alias', here, `alias *${name} contains itself`);
    if (target === undefined) return this.#refuse('alias', here, `alias *${name} has no anchor &${name} before it`);
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
