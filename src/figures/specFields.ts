import { suggestion } from '../tables/nearest.ts';
import type { Schema } from '../tables/table.ts';
import { FigureError } from './figureError.ts';
import type { Spec } from './readSpec.ts';
import { checkMark } from './specMarks.ts';
import { afterTransforms, type Fields } from './specTransforms.ts';

type Schemas = Readonly<Record<string, Schema>>;

interface Scope {
  readonly fields: Fields;
  /** What the columns are called in messages. */
  readonly data: string;
  /** Channels of enclosing layers, which also draw this one's data. */
  readonly inherited: readonly (readonly [path: string, encoding: Spec])[];
}

const isMapping = (value: unknown): value is Spec =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** Field names with dots or brackets are paths into a value, which tables do not have; escaped ones are names. */
function columnNamed(field: string): string | null {
  if (/\\[.[\]]/.test(field)) return field.replaceAll(/\\([.[\]])/g, '$1');
  return /[.[\]]/.test(field) ? null : field;
}

function checkField(field: unknown, path: string, { fields, data }: Scope): void {
  if (fields === null || typeof field !== 'string') return;
  const name = columnNamed(field);
  if (name !== null && !fields.has(name))
    throw new FigureError(`${path}: ${data} has no column ${name}${suggestion(name, [...fields])}`);
}

/** Fields of a channel's definition and of what is inside it: conditions, sorting, lists of tooltips. */
function checkChannel(channel: unknown, path: string, scope: Scope): void {
  if (Array.isArray(channel)) {
    for (const [index, item] of channel.entries()) checkChannel(item, `${path}[${index}]`, scope);
  } else if (isMapping(channel)) {
    checkField(channel.field, join(path, 'field'), scope);
    checkChannel(channel.condition, join(path, 'condition'), scope);
    if (isMapping(channel.sort)) checkField(channel.sort.field, join(path, 'sort.field'), scope);
  }
}

function checkEncoding(encoding: Spec, path: string, scope: Scope, overridden: Spec = {}): void {
  for (const channel of Object.keys(encoding).filter((name) => !Object.hasOwn(overridden, name)))
    checkChannel(encoding[channel], join(path, channel), scope);
}

function scopeOf(spec: Spec, outer: Scope, schemas: Schemas): Scope {
  const { data, transform } = spec;
  let { fields, data: label } = outer;
  if (data === null) fields = null;
  else if (isMapping(data)) {
    const name = typeof data.name === 'string' && !('values' in data) ? data.name : undefined;
    const known = name !== undefined && Object.hasOwn(schemas, name);
    fields = known ? new Set(Object.keys(schemas[name])) : null;
    label = known ? name : label;
  }
  return { fields: afterTransforms(fields, transform), data: label, inherited: outer.inherited };
}

const COMPOSED = ['layer', 'concat', 'hconcat', 'vconcat'];

function visit(spec: Spec, path: string, outer: Scope, schemas: Schemas): void {
  const scope = scopeOf(spec, outer, schemas);
  checkMark(spec.mark, join(path, 'mark'));
  const encoding = isMapping(spec.encoding) ? spec.encoding : undefined;
  const parts = COMPOSED.find((key) => Array.isArray(spec[key]));
  if (isMapping(spec.facet)) {
    const { facet } = spec;
    checkChannel('field' in facet ? facet : [facet.row, facet.column].filter(isMapping), join(path, 'facet'), scope);
  }
  if (isMapping(spec.spec)) visit(spec.spec, join(path, 'spec'), scope, schemas);
  else if (parts !== undefined) {
    const inherited =
      encoding === undefined ? scope.inherited : [...scope.inherited, [join(path, 'encoding'), encoding] as const];
    for (const [index, part] of (spec[parts] as unknown[]).entries())
      if (isMapping(part)) visit(part, `${join(path, parts)}[${index}]`, { ...scope, inherited }, schemas);
  } else {
    for (const [at, channels] of scope.inherited) checkEncoding(channels, at, scope, encoding);
    if (encoding !== undefined) checkEncoding(encoding, join(path, 'encoding'), scope);
  }
}

/**
 * Checks that marks are known, and that encodings name columns that exist: those of the input, and those that transforms
 * make. Where a transform's columns depend on the data (pivot, lookup, regression, …) nothing is said.
 * @throws {FigureError} for the first unknown mark or column, with the nearest known one
 */
export function checkFields(spec: Spec, schemas: Schemas): void {
  visit(spec, '', { fields: null, data: '', inherited: [] }, schemas);
}
