import type { Spec } from './readSpec.ts';

/** Columns that rows have at a place in a spec; null once a transform makes columns that depend on the data. */
export type Fields = ReadonlySet<string> | null;

const list = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

const names = (value: unknown): string[] => list(value).filter((name): name is string => typeof name === 'string');

/** The `as` of a transform's parts: aggregate, joinaggregate, window. */
const produced = (parts: unknown): string[] => list(parts).flatMap((part) => names((part as Spec | null)?.as));

/** What a transform adds to the columns, or what it leaves instead of them; null if that cannot be told. */
type Effect = { readonly adds: readonly string[] } | { readonly leaves: readonly string[] } | null;

const EFFECTS: readonly (readonly [key: string, effect: (transform: Spec) => Effect])[] = [
  ['filter', () => ({ adds: [] })],
  ['sample', () => ({ adds: [] })],
  ['calculate', ({ as }) => ({ adds: names(as) })],
  ['aggregate', ({ aggregate, groupby }) => ({ leaves: [...names(groupby), ...produced(aggregate)] })],
  ['joinaggregate', ({ joinaggregate }) => ({ adds: produced(joinaggregate) })],
  ['window', ({ window }) => ({ adds: produced(window) })],
  ['stack', ({ as }) => ({ adds: names(as).flatMap((name) => [name, `${name}_end`]) })],
  ['bin', ({ as }) => ({ adds: names(as).flatMap((name) => [name, `${name}_end`]) })],
  ['timeUnit', ({ as }) => ({ adds: names(as) })],
  ['fold', ({ as }) => ({ adds: as === undefined ? ['key', 'value'] : names(as) })],
  ['impute', () => ({ adds: [] })],
  ['extent', () => ({ adds: [] })],
  ['flatten', ({ flatten, as }) => ({ adds: [...names(flatten), ...names(as)] })],
];

/** The columns behind a spec's transforms. */
export function afterTransforms(before: Fields, transforms: unknown): Fields {
  let fields = before;
  for (const transform of list(transforms)) {
    if (fields === null || typeof transform !== 'object' || transform === null) return null; // Vega-Lite says what is wrong
    const known = EFFECTS.find(([key]) => Object.hasOwn(transform as Spec, key));
    const effect = known === undefined ? null : known[1](transform as Spec);
    if (effect === null) return null;
    fields = 'leaves' in effect ? new Set(effect.leaves) : new Set([...fields, ...effect.adds]);
  }
  return fields;
}
