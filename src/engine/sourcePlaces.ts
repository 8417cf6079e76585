import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join } from 'node:path';
import { bundleWithMap, type KindSource, sourceName } from './bundle.ts';
import type { Failure, Frame } from './events.ts';
import type { LoadedKind } from './kinds.ts';

/** Calls that are told of a stack. */
const SHOWN = 5;

/** A call as a place in a source file that a person wrote. */
interface Place {
  readonly name: string | undefined;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

type Finder = (frame: Frame) => Place | undefined;

/**
 * A failure with the calls that led to it as places in the kind's own source files, the innermost with its line. Where
 * the source changed since it was bundled, which no map fits any more, only the names of the calls are told.
 */
export async function withPlaces(failure: Failure, { bundle, source }: LoadedKind): Promise<Failure> {
  const { frames, ...told } = failure;
  if (frames === undefined) return failure;
  const find = source && (await finderOf(bundle, source));
  const places = frames.flatMap((frame) => find?.(frame) ?? []).slice(0, SHOWN);
  const names = frames.flatMap(({ name }) => name ?? []).slice(0, SHOWN);
  const lines = places.length > 0 ? places.flatMap(placeLines) : names.map((name) => `at ${name}`);
  return lines.length === 0 ? told : { ...told, stack: lines.join('\n') };
}

function placeLines({ name, file, line, column, text }: Place, at: number): string[] {
  const place = `${file}:${line}:${column}`;
  const call = name === undefined ? `at ${place}` : `at ${name} (${place})`;
  return at === 0 && text !== '' ? [call, `    ${line} | ${text}`] : [call];
}

/** Bundling again gives the same bytes with a map of them, so that no map need be kept for failures that never come. */
const finders = new Map<string, Promise<Finder | undefined>>();

function finderOf(bundle: string, source: KindSource): Promise<Finder | undefined> {
  const known = finders.get(bundle) ?? makeFinder(bundle, source).catch(() => undefined);
  finders.set(bundle, known);
  return known;
}

async function makeFinder(bundle: string, source: KindSource): Promise<Finder | undefined> {
  const { code, map } = await bundleWithMap(source);
  if (code !== readFileSync(bundle, 'utf8')) return undefined;
  const payload = JSON.parse(map) as ConstructorParameters<typeof SourceMap>[0];
  const sourceMap = new SourceMap(payload);
  return ({ name, line, column }) => {
    const entry = sourceMap.findEntry(line - 1, column - 1);
    if (!('originalSource' in entry)) return undefined;
    const file = sourceName(join(source.base, entry.originalSource), source.base, source.home);
    // What others wrote: packages, and Driftline where the study is not its own.
    if (/^(driftline\/|\.\.\/)|(^|\/)node_modules\//.test(file)) return undefined;
    const content = payload.sourcesContent[payload.sources.indexOf(entry.originalSource)] ?? '';
    const text = content.split('\n')[entry.originalLine]?.trim() ?? '';
    return { name, file, line: entry.originalLine + 1, column: entry.originalColumn + 1, text };
  };
}
