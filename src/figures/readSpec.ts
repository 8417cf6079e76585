import type { CST, Document } from 'yaml';
import { FigureError } from './figureError.ts';

export type Spec = Readonly<Record<string, unknown>>;

/** A figure's spec is some kilobytes; data belongs in tables. */
const LARGEST = 1_000_000;

/** Maps and lists inside one another; what draws a spec recurses into it. */
const DEEPEST = 64;

/** Drives the parser word by word, so that the depth and the width of a text are known before anything recurses into it. */
async function parse(text: string, where: string): Promise<Document> {
  const { Composer, Lexer, LineCounter, Parser, visit } = await import('yaml');
  const lines = new LineCounter();
  lines.addNewLine(0);
  const refuse = (offset: number, message: string): never => {
    const { line, col } = lines.linePos(Math.max(0, offset));
    throw new FigureError(`${where}:${line}:${col}: ${message}`);
  };
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    // A level of data takes at most three entries of the parser's stack.
    if (parser.stack.length > 3 * DEEPEST + 8) refuse(parser.offset, `nested deeper than ${DEEPEST} levels`);
  }
  tokens.push(...parser.end());
  // The library finds keys that come twice by comparing all pairs; below they are looked up instead.
  const composer = new Composer({ version: '1.2', merge: false, uniqueKeys: false });
  const [document, second] = [...composer.compose(tokens, true, text.length)];
  if (second !== undefined) refuse(second.range[0], 'a second YAML document; expected one in a file');
  const [error] = document.errors;
  if (error !== undefined) refuse(error.pos[0], error.message);
  visit(document, {
    Map: (_, map) => {
      const keys = new Set<string>();
      for (const { key } of map.items) {
        const name = String(key);
        if (keys.has(name)) refuse(map.range?.[0] ?? 0, `the key ${name} comes twice in a map`);
        keys.add(name);
      }
    },
  });
  return document;
}

/**
 * A Vega-Lite spec written in YAML (JSON is YAML too).
 * @throws {FigureError} with line and column for what is not YAML, and for what is not a mapping
 */
export async function readSpec(bytes: Uint8Array, where: string): Promise<Spec> {
  if (bytes.length > LARGEST) throw new FigureError(`${where}: is larger than ${LARGEST} bytes`);
  const document = await parse(new TextDecoder().decode(bytes), where);
  let spec: unknown;
  try {
    spec = document.toJS({ maxAliasCount: 100 });
  } catch (problem) {
    throw new FigureError(`${where}: ${(problem as Error).message}`);
  }
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec))
    throw new FigureError(`${where}: expected a Vega-Lite spec: a mapping with data, mark and encoding`);
  return spec as Spec;
}
