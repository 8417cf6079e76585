// JSON Schemas in words, and their properties as rows of a table.
import { anchor, code } from './markdown.mjs';

const NAMES = {
  integer: 'integer',
  number: 'number',
  string: 'text',
  boolean: 'true or false',
  array: 'list',
  object: 'map',
  null: 'nothing',
};

/** A text with a reference in it, which may stand for any value. */
const isReference = (schema) => schema.type === 'string' && schema.pattern === '\\$\\{';

/** The alternatives of a schema, unions inside written out, without the references that may stand for each. */
export function branches(schema) {
  const union = schema.anyOf ?? (schema.properties ? undefined : schema.oneOf);
  if (union === undefined) return [schema];
  return union.flatMap(branches).filter((branch) => !isReference(branch));
}

/** What a schema asks for: `integer ≥ 1`, `text or list of texts`. `$ref`s become links to sections of the same name. */
export function typeWords(schema) {
  return [...new Set(branches(schema).map(one))].join(' or ');
}

function one(schema) {
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
    return name === 'scalar' ? 'text, number, true or false' : `[${name}](${anchor(name)})`;
  }
  if ('const' in schema) return code(JSON.stringify(schema.const).replaceAll('"', ''));
  // A long list of names is the table of contents of another page.
  if (schema.enum?.length > 12) return 'text';
  if (schema.enum) return schema.enum.map((value) => code(String(value))).join(', ');
  if (schema['x-driftline'] === 'file') return 'path of a file';
  if (schema.type === undefined) return 'anything';
  return [schema.type]
    .flat()
    .map((type) => typed(type, schema))
    .join(' or ');
}

function typed(type, schema) {
  if (type === 'array') return `list${schema.items ? ` of ${typeWords(schema.items)}` : ''}${limits(schema)}`;
  if (type === 'object' && schema.properties === undefined) {
    const inner = schema.additionalProperties ?? Object.values(schema.patternProperties ?? {})[0];
    return inner && Object.keys(inner).length > 0 ? `map of names to ${typeWords(inner)}` : 'map';
  }
  return NAMES[type] + limits(schema);
}

function limits(schema) {
  const parts = [
    ['minimum', '≥'],
    ['exclusiveMinimum', '>'],
    ['maximum', '≤'],
    ['exclusiveMaximum', '<'],
  ].flatMap(([key, sign]) => (schema[key] === undefined ? [] : [`${sign} ${number(schema[key])}`]));
  if (schema.minItems !== undefined) parts.push(`(at least ${schema.minItems})`);
  if (schema.maxItems !== undefined) parts.push(`(at most ${schema.maxItems})`);
  return parts.length > 0 ? ` ${parts.join(', ')}` : '';
}

const number = (value) => (Math.abs(value) >= 10_000 ? value.toLocaleString('en') : String(value));

/** The property by whose constant the alternatives are told apart. */
function discriminator(objects) {
  const [first] = objects;
  return Object.keys(first.properties).find((name) =>
    objects.every(({ properties }) => properties[name]?.const !== undefined),
  );
}

/**
 * Rows `[name, type, default or required, meaning]` of a schema's properties and of what is inside them.
 * @param {object} schema an object schema
 * @param {Record<string, { description?: string }>} definitions what `$ref`s name
 */
export function propertyRows(schema, definitions = {}, prefix = '') {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const path = `${prefix}${name}`;
    const absent = 'default' in property ? code(inYaml(property.default)) : required.has(name) ? 'required' : '';
    const objects = branches(property).filter((branch) => branch.properties !== undefined);
    const meaning = [property, ...branches(property)].map((each) => describedBy(each, definitions)).find(Boolean) ?? '';
    return [[code(path), typeWords(property), absent, meaning], ...innerRows(objects, definitions, path)];
  });
}

/** What a schema says of itself, or the definition that it refers to. */
const describedBy = ({ description, $ref }, definitions) =>
  description ?? definitions[$ref?.slice($ref.lastIndexOf('/') + 1)]?.description;

function innerRows(objects, definitions, path) {
  if (objects.length === 0) return [];
  const told = objects.length > 1 ? discriminator(objects) : undefined;
  if (told === undefined) return objects.flatMap((each) => propertyRows(each, definitions, `${path}.`));
  const rows = new Map();
  rows.set(told, [
    code(`${path}.${told}`),
    objects.map(({ properties }) => code(properties[told].const)).join(', '),
    'required',
    objects
      .map(({ properties, description }) => [properties[told].const, properties[told].description ?? description])
      .filter(([, words]) => words !== undefined)
      .map(([value, words]) => `${code(value)}: ${words}`)
      .join('; '),
  ]);
  for (const each of objects) {
    const { [told]: _, ...rest } = each.properties;
    const within = propertyRows({ ...each, properties: rest }, definitions, `${path}.`);
    for (const row of within) {
      const known = rows.get(row[0]);
      if (known === undefined) rows.set(row[0], [...row, [each.properties[told].const]]);
      else known[4].push(each.properties[told].const);
    }
  }
  return [...rows.values()].map(([name, type, absent, meaning, kinds]) => {
    const only = kinds && kinds.length < objects.length ? `(${kinds.join(', ')})` : '';
    return [name, type, absent, [meaning, only].filter((part) => part !== '').join(' ')];
  });
}

/** A default as it would be written in YAML. */
function inYaml(value) {
  if (Array.isArray(value)) return `[${value.map(inYaml).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([name, each]) => `${name}: ${inYaml(each)}`)
      .join(', ')} }`;
  return String(value);
}
