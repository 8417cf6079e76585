import { suggestion } from '../tables/nearest.ts';
import { FigureError } from './figureError.ts';
import type { Spec } from './readSpec.ts';

const isMapping = (value: unknown): value is Spec =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const OWN = ['values', 'sequence', 'graticule', 'sphere'];

/** Where data of its own is: not to be looked into for names. */
const CONTENTS = new Set(['values', 'datasets', 'config', 'usermeta']);

interface Found {
  readonly names: Map<string, string>;
  readonly own: Set<string>;
}

function checkData(data: Spec, path: string, found: Found): void {
  if ('url' in data)
    throw new FigureError(`${path}.url: a figure reads no files or addresses; give the data as an input and name it`);
  const { name } = data;
  if (typeof name !== 'string') return;
  if (OWN.some((key) => key in data)) found.own.add(name);
  else if (!found.names.has(name)) found.names.set(name, path);
}

function walk(value: unknown, path: string, found: Found): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) walk(item, `${path}[${index}]`, found);
  } else if (isMapping(value)) {
    for (const key of Object.keys(value)) {
      if (CONTENTS.has(key)) continue;
      const at = path === '' ? key : `${path}.${key}`;
      const inner = value[key];
      if (key === 'data' && isMapping(inner)) checkData(inner, at, found);
      walk(inner, at, found);
    }
  }
}

/**
 * The inputs that a spec draws, by the names in its `data: { name }`.
 * @throws {FigureError} for data that is loaded from elsewhere, and for names that are neither inputs nor the spec's own
 */
export function dataNames(spec: Spec, inputs: readonly string[]): string[] {
  const found: Found = { names: new Map(), own: new Set(isMapping(spec.datasets) ? Object.keys(spec.datasets) : []) };
  walk(spec, '', found);
  const names: string[] = [];
  for (const [name, path] of found.names) {
    if (found.own.has(name)) continue;
    if (!inputs.includes(name)) {
      const hint = inputs.length === 0 ? ' (the stage has no inputs)' : suggestion(name, inputs);
      throw new FigureError(`${path}.name: there is no input ${name}${hint}`);
    }
    names.push(name);
  }
  return names;
}
