import { FigureError } from './figureError.ts';

export type Spec = Readonly<Record<string, unknown>>;

/** A figure's spec is some kilobytes; data belongs in tables. */
const LARGEST = 1_000_000;

/**
 * A Vega-Lite spec written in YAML (JSON is YAML too).
 * @throws {FigureError} with line and column for what is not YAML, and for what is not a mapping
 */
export async function readSpec(bytes: Uint8Array, where: string): Promise<Spec> {
  if (bytes.length > LARGEST) throw new FigureError(`${where}: is larger than ${LARGEST} bytes`);
  const { parseDocument } = await import('yaml');
  const document = parseDocument(new TextDecoder().decode(bytes), { version: '1.2', merge: false, prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const [at] = error.linePos ?? [];
    const message = error.message.split(' at line ')[0];
    throw new FigureError(`${where}${at ? `:${at.line}:${at.col}` : ''}: ${message}`);
  }
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
