import { quote } from './problems.ts';

/** A JSON Schema, as far as this layer looks into it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The alternatives of a union, with unions inside written out; undefined for what is none. */
export function branchesOf(schema: JsonSchema): JsonSchema[] | undefined {
  const union = schema.anyOf ?? schema.oneOf;
  if (!Array.isArray(union)) return undefined;
  return union.filter(isSchema).flatMap((branch) => branchesOf(branch) ?? [branch]);
}

/** The values a schema spells out: `const` or `enum`. */
export function constantsOf(schema: JsonSchema): readonly unknown[] | undefined {
  if ('const' in schema) return [schema.const];
  return Array.isArray(schema.enum) ? schema.enum : undefined;
}

export function propertyOf(schema: JsonSchema, name: string): JsonSchema | undefined {
  const properties = schema.properties;
  if (!isSchema(properties) || !Object.hasOwn(properties, name)) return undefined;
  const property = properties[name];
  return isSchema(property) ? property : undefined;
}

/**
 * The property by whose constant the alternatives of a union are told apart, such as `kind`. Every alternative that
 * is an object must have it.
 */
export function discriminatorOf(branches: readonly JsonSchema[]): string | undefined {
  const objects = branches.filter((branch) => isSchema(branch.properties));
  if (objects.length < 2) return undefined;
  return Object.keys(objects[0].properties as object).find((name) =>
    objects.every((branch) => constantsOf(propertyOf(branch, name) ?? {}) !== undefined),
  );
}

const TYPES: Readonly<Record<string, string>> = {
  integer: 'an integer',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  null: 'nothing',
};

/** What a schema asks for, in words: `an integer ≥ 1`, `one of "a", "b"`, `a number > 0 and < 1 or text`. */
export function describe(schema: JsonSchema): string {
  const branches = branchesOf(schema);
  if (branches) {
    const constants = branches.map(constantsOf);
    if (constants.every((each) => each !== undefined)) return choices(constants.flat());
    return [...new Set(branches.map(describe))].join(' or ');
  }
  const constants = constantsOf(schema);
  if (constants) return choices(constants);
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  const number = schema.type === 'string' ? numberAsText(schema.pattern) : undefined;
  const words = number ?? types.map((type) => TYPES[String(type)] ?? 'a value').join(' or ');
  return words + limits(schema, number === undefined);
}

/** A pattern that asks for a number, in words: by what it lets through, for people read no regular expressions. */
function numberAsText(pattern: unknown): string | undefined {
  if (typeof pattern !== 'string') return undefined;
  const allows = (text: string): boolean => new RegExp(pattern, 'u').test(text);
  if (['', 'a', 'a1', '1a', '1 2'].some(allows)) return undefined;
  const samples = ['1.5', '3/2'].filter(allows).map(quote);
  return samples.length === 0 ? undefined : `text such as ${samples.join(' or ')}`;
}

function choices(values: readonly unknown[]): string {
  const shown = values.map(quote).join(', ');
  return values.length === 1 ? shown : `one of ${shown}`;
}

function limits(schema: JsonSchema, withPattern: boolean): string {
  const parts: string[] = [];
  const add = (keyword: string, words: (limit: unknown) => string) => {
    if (schema[keyword] !== undefined) parts.push(words(schema[keyword]));
  };
  add('minimum', (limit) => `≥ ${limit}`);
  add('exclusiveMinimum', (limit) => `> ${limit}`);
  add('maximum', (limit) => `≤ ${limit}`);
  add('exclusiveMaximum', (limit) => `< ${limit}`);
  add('multipleOf', (limit) => `a multiple of ${limit}`);
  if (withPattern) add('pattern', (pattern) => `matching ${pattern}`);
  add('minLength', (length) => `of at least ${length} characters`);
  add('maxLength', (length) => `of at most ${length} characters`);
  add('minItems', (count) => `of at least ${count}`);
  add('maxItems', (count) => `of at most ${count}`);
  if (schema.uniqueItems === true) parts.push('without repetition');
  return parts.length > 0 ? ` ${parts.join(' and ')}` : '';
}

/** Whether a value has the type that a schema asks for, whatever else it asks. */
export function typeMatches(schema: JsonSchema, value: unknown): boolean {
  const constants = constantsOf(schema);
  if (constants) return constants.includes(value);
  if (schema.type === undefined) return true;
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  return types.includes(typeOf(value)) || (Number.isInteger(value) && types.includes('integer'));
}

export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
