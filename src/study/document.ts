import { Composer, type CST, isCollection, isScalar, Lexer, Parser, visit } from 'yaml';
import { type Composed, Conversion } from './convert.ts';
import { LIMITS } from './limits.ts';
import type { Node } from './nodes.ts';
import { type Source, type Span, span, startOf } from './places.ts';
import type { Problems } from './problems.ts';

/**
 * Reads one YAML document within LIMITS: the 1.2 core schema with string keys and without tags, directives, merge
 * keys or duplicate keys; `from` is where it begins. Gives undefined when the text cannot be read at all; problems are
 * reported either way.
 */
export function readDocument(source: Source, problems: Problems, from = 0): Node | undefined {
  if (source.text.length > LIMITS.bytes) {
    problems.add({ code: 'too-large', at: startOf(source), message: `this file is larger than ${LIMITS.bytes} bytes` });
    return undefined;
  }
  const tokens = tokenize(source, from, problems);
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
    const at = pos[0] < 0 ? startOf(source) : (openMark(document, source, pos[0]) ?? span(source, pos[0], pos[1]));
    const shown = message.replace(/^With stringKeys, all keys must be strings$/, 'a key must be a string');
    problems.add({
      code: code === 'TAG_RESOLVE_FAILED' ? 'tag' : 'syntax',
      at,
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
function tokenize(source: Source, from: number, problems: Problems): CST.Token[] | undefined {
  const lexer = new Lexer();
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  const refuse = (code: string, message: string, length = 1): undefined => {
    problems.add({ code, at: span(source, parser.offset, parser.offset + length), message });
  };
  for (const lexeme of lexer.lex(' '.repeat(from) + source.text.slice(from))) {
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

/** What an error at the end of a file is about: the innermost quote or bracket that is still open there. */
function openMark(document: Composed, source: Source, offset: number): Span | undefined {
  if (offset < source.text.trimEnd().length) return undefined;
  let found: Span | undefined;
  visit(document, {
    Node: (_, node) => {
      const marked = isScalar(node) ? /^QUOTE/.test(node.type ?? '') : isCollection(node) && node.flow === true;
      if (!marked || !node.range) return;
      const [start, end] = node.range;
      const closed = source.text.slice(start + 1, end).endsWith(CLOSING[source.text[start]] ?? '');
      if (!closed) found = span(source, start, start + 1);
    },
  });
  return found;
}

const CLOSING: Readonly<Record<string, string>> = { '"': '"', "'": "'", '[': ']', '{': '}' };
