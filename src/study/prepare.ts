import { joinPointer } from './pointer.ts';
import {
  branchesOf,
  constantsOf,
  discriminatorOf,
  isSchema,
  type JsonSchema,
  propertyOf,
  typeMatches,
} from './schemaWords.ts';

/** The keyword that marks a text as the path of a study's file. */
export const FILE_KEYWORD = 'x-driftline';

/** Whether a schema can mark a file anywhere; most cannot, and their values need no walk. */
export const marksFiles = (schema: JsonSchema): boolean => JSON.stringify(schema).includes(`"${FILE_KEYWORD}":"file"`);

/**
 * Fills the defaults of a schema into a value, in place; in a union, those of the alternative that the value's
 * constant (such as `kind`) or type selects, which validators do not do.
 */
export function fillDefaults(schema: JsonSchema, value: unknown, root = schema): void {
  eachPart(schema, value, '', root, (part, whole) => {
    if (!isSchema(part.properties) || !isSchema(whole)) return;
    const object = whole as Record<string, unknown>;
    for (const [name, property] of Object.entries(part.properties)) {
      if (Object.hasOwn(object, name) || !isSchema(property) || property.default === undefined) continue;
      object[name] = structuredClone(property.default);
    }
  });
}

/** Pointers of the texts in a valid value that name files. */
export function filePointers(schema: JsonSchema, value: unknown): string[] {
  const pointers = new Set<string>();
  eachPart(schema, value, '', schema, (part, whole, pointer) => {
    if (part[FILE_KEYWORD] === 'file' && typeof whole === 'string') pointers.add(pointer);
  });
  return [...pointers];
}

type Visit = (schema: JsonSchema, value: unknown, pointer: string) => void;

/** Visits every schema that applies to a part of a value, from the whole inward. */
function eachPart(
  schema: JsonSchema,
  value: unknown,
  pointer: string,
  root: JsonSchema,
  visit: Visit,
  depth = 0,
): void {
  if (depth > 200) return;
  visit(schema, value, pointer);
  const inner = (part: unknown, data: unknown, at: string) => {
    if (isSchema(part) && data !== undefined) eachPart(part, data, at, root, visit, depth + 1);
  };
  if (typeof schema.$ref === 'string') inner(definition(root, schema.$ref), value, pointer);
  for (const all of Array.isArray(schema.allOf) ? schema.allOf : []) inner(all, value, pointer);
  const branches = branchesOf(schema);
  if (branches) for (const branch of selected(branches, value, root)) inner(branch, value, pointer);
  if (Array.isArray(value)) {
    const first = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
    value.forEach((item, i) => {
      inner(first[i] ?? schema.items, item, joinPointer(pointer, i));
    });
  } else if (isSchema(value)) {
    for (const [name, item] of Object.entries(value)) {
      const known = propertyOf(schema, name);
      const patterns = Object.entries(isSchema(schema.patternProperties) ? schema.patternProperties : {});
      const matching = patterns.filter(([pattern]) => new RegExp(pattern, 'u').test(name)).map(([, part]) => part);
      const parts = known ? [known, ...matching] : matching.length > 0 ? matching : [schema.additionalProperties];
      for (const part of parts) inner(part, item, joinPointer(pointer, name));
    }
  }
}

function definition(root: JsonSchema, ref: string): unknown {
  const [, name] = /^#\/\$defs\/([^/]+)$/.exec(ref) ?? [];
  return name !== undefined && isSchema(root.$defs) ? root.$defs[name] : undefined;
}

function selected(branches: readonly JsonSchema[], value: unknown, root: JsonSchema): readonly JsonSchema[] {
  const whole = branches.map((branch) => {
    const meant = typeof branch.$ref === 'string' ? definition(root, branch.$ref) : branch;
    return isSchema(meant) ? meant : branch;
  });
  const discriminator = discriminatorOf(whole);
  if (discriminator !== undefined && isSchema(value)) {
    return whole.filter((branch) =>
      constantsOf(propertyOf(branch, discriminator) ?? {})?.includes(value[discriminator]),
    );
  }
  const matching = whole.filter((branch) => typeMatches(branch, value));
  // Without a discriminator two maps cannot be told apart; defaults of neither are safe to fill in.
  return matching.length === 1 ? matching : matching.filter((branch) => !isSchema(branch.properties));
}
