import type { Json } from '../study/plan.ts';
import type { Value } from './entity.ts';

/** A type of value in schema.org's words, and whether there may be several. */
export interface ValueType {
  readonly additionalType: string;
  readonly multipleValues?: boolean;
}

/** A value and its type. What is neither scalar nor a list of scalars is told as JSON. */
export function typedValue(value: Json): ValueType & { readonly value: Value } {
  if (typeof value === 'string') return { additionalType: 'Text', value };
  if (typeof value === 'boolean') return { additionalType: 'Boolean', value };
  if (typeof value === 'number') return { additionalType: Number.isInteger(value) ? 'Integer' : 'Float', value };
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map(typedValue);
    const types = new Set(items.map(({ additionalType }) => (additionalType === 'Integer' ? 'Float' : additionalType)));
    const isFlat = items.every((item, at) => typeof value[at] !== 'object' && item.multipleValues === undefined);
    if (items.length > 0 && isFlat && types.size === 1) {
      const integers = items.every(({ additionalType }) => additionalType === 'Integer');
      return {
        additionalType: integers ? 'Integer' : [...types][0],
        multipleValues: true,
        value: value as readonly (string | number | boolean)[],
      };
    }
  }
  return { additionalType: 'Text', value: JSON.stringify(value) };
}

/** The values that a parameter has over a stage's cells, each once, in the order of the cells. */
export function valuesOver(values: readonly Json[]): Value {
  const distinct = new Map(values.map((value) => [JSON.stringify(value), value]));
  if (distinct.size === 1) return typedValue([...distinct.values()][0]).value;
  return [...distinct.values()].map((value) => {
    const told = typedValue(value).value;
    return Array.isArray(told) ? JSON.stringify(value) : (told as string | number | boolean);
  });
}

const TYPES: Readonly<Record<string, string>> = {
  integer: 'Integer',
  number: 'Float',
  string: 'Text',
  boolean: 'Boolean',
};

/** The type of the values that a JSON Schema allows, as far as it has one simple type. */
export function typeOfSchema(schema: unknown): ValueType {
  const { type, items, 'x-driftline': hint } = (schema ?? {}) as Record<string, unknown>;
  if (hint === 'file') return { additionalType: 'File' };
  if (type === 'array') return { additionalType: typeOfSchema(items).additionalType, multipleValues: true };
  return { additionalType: TYPES[String(type)] ?? 'Text' };
}
