import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { nearest } from '../tables/nearest.ts';
import { dotted, joinPointer } from './pointer.ts';
import { oneOf, quote } from './problems.ts';
import {
  branchesOf,
  constantsOf,
  describe,
  discriminatorOf,
  isSchema,
  type JsonSchema,
  propertyOf,
  typeMatches,
} from './schemaWords.ts';

/** Something wrong with a value, at a pointer into it, in words. */
export interface Finding {
  readonly code: 'unknown-key' | 'missing-key' | 'parameter';
  readonly pointer: string;
  /** The key at `pointer` that should not be there. */
  readonly unknownKey?: string;
  readonly message: string;
  readonly expected?: string | undefined;
  readonly suggestion?: string | undefined;
}

/** Compiles a schema, or a part of one with the definitions of the whole. */
export type Compile = (schema: JsonSchema) => ValidateFunction;

/**
 * What is wrong with a value, as people would say it: of a union only the alternative that was meant (told by its
 * constant, such as `kind`, or by its type) is explained, not all that it is not.
 */
export function explain(schema: JsonSchema, value: unknown, compile: Compile, pointer = ''): Finding[] {
  const validate = compile(schema);
  if (validate(value)) return [];
  const errors = validate.errors ?? [];
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  return errors.flatMap((error) => {
    if (insideUnion(error, unions) || error.keyword === 'if') return [];
    return explainError(error, pointer + error.instancePath, compile);
  });
}

/** Errors of a union's alternatives; the union's own error stands for them. */
function insideUnion(error: ErrorObject, unions: readonly ErrorObject[]): boolean {
  if (/\/(?:anyOf|oneOf)\/\d+(?:\/|$)/.test(error.schemaPath)) return true;
  const ofDefinition = !error.schemaPath.startsWith('#/') || error.schemaPath.startsWith('#/$defs/');
  return ofDefinition && unions.some((union) => union !== error && error.instancePath.startsWith(union.instancePath));
}

function explainError(error: ErrorObject, pointer: string, compile: Compile): Finding[] {
  const { keyword, params, data } = error;
  const schema: JsonSchema = isSchema(error.parentSchema) ? error.parentSchema : {};
  if (keyword === 'required') return [missingKey(pointer, params.missingProperty, schema)];
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') {
    const name: string = params.additionalProperty ?? params.unevaluatedProperty;
    const known = Object.keys(isSchema(schema.properties) ? schema.properties : {});
    const where = pointer === '' ? '' : ` in ${quote(dotted(pointer))}`;
    const message = `unknown key ${quote(name)}${where}`;
    return [
      {
        code: 'unknown-key',
        pointer,
        unknownKey: name,
        message,
        expected: oneOf(known) ?? 'no keys',
        suggestion: nearest(name, known),
      },
    ];
  }
  const branches = keyword === 'anyOf' || keyword === 'oneOf' ? branchesOf({ [keyword]: error.schema }) : undefined;
  if (branches && !params.passingSchemas) return explainUnion(branches, data, pointer, compile);
  const constants = constantsOf(schema);
  if (constants && (keyword === 'const' || keyword === 'enum')) return [wrongConstant(constants, data, pointer)];
  return [wrongValue(pointer, data, describe(schema))];
}

function missingKey(pointer: string, name: string, schema: JsonSchema): Finding {
  const property = propertyOf(schema, name);
  const where = pointer === '' ? '' : ` in ${quote(dotted(pointer))}`;
  return {
    code: 'missing-key',
    pointer,
    message: `missing key ${quote(name)}${where}`,
    expected: property && `${name}: ${describe(property)}`,
  };
}

function wrongValue(pointer: string, data: unknown, expected: string): Finding {
  return { code: 'parameter', pointer, message: `${subject(pointer)} is ${show(data)}`, expected };
}

function wrongConstant(constants: readonly unknown[], data: unknown, pointer: string): Finding {
  const names = constants.filter((each) => typeof each === 'string');
  const suggestion = typeof data === 'string' ? nearest(data, names) : undefined;
  return { ...wrongValue(pointer, data, describe({ enum: constants })), suggestion };
}

function explainUnion(branches: readonly JsonSchema[], data: unknown, pointer: string, compile: Compile): Finding[] {
  const constants = branches.map(constantsOf);
  if (constants.every((each) => each !== undefined)) return [wrongConstant(constants.flat(), data, pointer)];
  const discriminator = discriminatorOf(branches);
  if (discriminator !== undefined && isSchema(data)) {
    const kinds = branches.flatMap((branch) => constantsOf(propertyOf(branch, discriminator) ?? {}) ?? []);
    if (!Object.hasOwn(data, discriminator)) {
      return [missingKey(pointer, discriminator, { properties: { [discriminator]: { enum: kinds } } })];
    }
    const kind = data[discriminator];
    if (!kinds.includes(kind)) return [wrongConstant(kinds, kind, joinPointer(pointer, discriminator))];
    const meant = branches.filter((branch) => constantsOf(propertyOf(branch, discriminator) ?? {})?.includes(kind));
    return fewest(meant, data, pointer, compile);
  }
  const meant = branches.filter((branch) => typeMatches(branch, data));
  if (meant.length === 0) return [wrongValue(pointer, data, describe({ anyOf: branches }))];
  // Several scalar alternatives of one type (a number, or a fraction as text): all are named.
  if (meant.length > 1 && !isSchema(data)) return [wrongValue(pointer, data, describe({ anyOf: meant }))];
  return fewest(meant, data, pointer, compile);
}

function fewest(branches: readonly JsonSchema[], data: unknown, pointer: string, compile: Compile): Finding[] {
  const explained = branches.map((branch) => explain(branch, data, compile, pointer));
  return explained.reduce((least, each) => (each.length < least.length ? each : least));
}

const subject = (pointer: string): string => (pointer === '' ? '`with`' : quote(dotted(pointer)));

function show(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  return typeof value === 'object' ? 'a map' : quote(value);
}
