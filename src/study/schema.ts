import { compareCodePoints } from '../store/canonical.ts';
import { CACHE_FORM } from './cache.ts';
import { CLAIM_KEYS } from './claims.ts';
import type { KindContract } from './contract.ts';
import { CLAIM_KIND, RUN_KEYS, USES_KEYS } from './drafts.ts';
import { commonDefinitions, exactly, mapOf, or, REFERENCE, ref, string } from './schemaParts.ts';
import { isSchema, type JsonSchema, propertyOf } from './schemaWords.ts';

/** Kinds that the language uses by itself: for programs, for claims, to gather cells and to look at replicates. No stage names them. */
const INTERNAL: ReadonlySet<string> = new Set(['run', 'claim', 'gather', 'decide']);

/**
 * JSON Schema (2020-12) of study files, for editors: the main file and what it includes, with the parameters of each
 * kind. It asks for less than `readStudy`, which alone sees references resolved and stages joined.
 */
export function studySchema(contracts: Readonly<Record<string, KindContract>>): JsonSchema {
  const names = Object.keys(contracts)
    .filter((name) => !INTERNAL.has(name.replace(/^driftline:/, '')))
    .sort(compareCodePoints);
  const claim = contracts[CLAIM_KIND] ?? contracts.claim;
  const definitions: Record<string, JsonSchema> = {
    scalar: { type: ['string', 'number', 'boolean'] },
    ...commonDefinitions(),
    stage: stage(names, contracts),
    claim: claimSchema(claim),
  };
  for (const name of names)
    definitions[`with-${name}`] = interpolable(contracts[name].params, `#/$defs/with-${encode(name)}`);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A Driftline study',
    type: 'object',
    properties: {
      driftline: { const: 1, description: 'Version of the study language' },
      study: string('The name of the study'),
      description: string('What the study is about'),
      title: string('The title of this file’s chapter of the report'),
      about: string('The introduction of this file’s chapter, in Markdown, with TeX between dollars'),
      include: {
        type: 'array',
        items: { type: 'string' },
        description: 'Further files: paths, with * for a part of a name and ** for any folders',
      },
      seed: { type: ['string', 'integer'], description: 'What all random numbers are derived from (default: 0)' },
      cache: or(
        string(`A cache shared with other machines: ${CACHE_FORM}`),
        exactly(
          'A cache shared with other machines',
          {
            url: string(CACHE_FORM),
            namespace: string('Results of one namespace are not those of another'),
            write: { type: 'boolean', description: 'Whether runs upload what they compute (default: no)' },
          },
          ['url'],
        ),
      ),
      params: mapOf({}, `Parameters by name, which \${params.name} refers to`),
      profiles: mapOf(
        exactly('A profile', { params: mapOf({}, 'Parameters that replace those of the same name') }),
        'Named sets of parameters, one of which --profile chooses',
      ),
      executor: ref('studyExecutor'),
      stages: mapOf(ref('stage'), 'The stages by name'),
      claims: mapOf(ref('claim'), 'The claims by name'),
    },
    dependentRequired: { driftline: ['study'], study: ['driftline'] },
    additionalProperties: false,
    $defs: definitions,
  };
}

function stage(kinds: readonly string[], contracts: Readonly<Record<string, KindContract>>): JsonSchema {
  const all: Record<string, JsonSchema> = {
    uses: { ...or({ enum: kinds }, { type: 'string' }), description: 'The kind of stage' },
    with: { type: 'object', description: 'The kind’s parameters' },
    run: {
      ...or({ type: 'array', items: ref('scalar'), minItems: 1 }, { type: 'string' }),
      description: 'The program and its arguments; ${inputs.name} and ${outputs.name} are paths',
    },
    outputs: mapOf(ref('output'), 'The files that the program writes'),
    code: {
      type: 'array',
      items: { type: 'string' },
      description: 'Further files of the study that the result depends on',
    },
    shell: { type: 'boolean', description: 'Run the line through sh -c (default: no)' },
    env: mapOf(ref('scalar'), 'Environment variables, which enter the key: no secrets'),
    formats: mapOf({ enum: ['csv', 'arrow', 'json'] }, 'How table inputs are handed over (default: csv)'),
    inputs: mapOf(ref('input'), 'What the stage takes, by the names of its kind’s inputs'),
    matrix: ref('matrix'),
    replicates: ref('replicates'),
    resources: ref('resources'),
    executor: ref('executor'),
    retry: ref('retry'),
  };
  const pick = (keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, all[key]]));
  return {
    oneOf: [
      { type: 'object', properties: pick(USES_KEYS), required: ['uses'], additionalProperties: false },
      { type: 'object', properties: pick(RUN_KEYS), required: ['run', 'outputs'], additionalProperties: false },
    ],
    allOf: kinds.map((name) => ({
      if: { properties: { uses: { const: name } }, required: ['uses'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { properties: { with: { ...ref(`with-${encode(name)}`), description: contracts[name].summary } } },
    })),
  };
}

/** A claim's test holds its rows beside the parameters of the kind that tests it. */
function claimSchema(claim: KindContract | undefined): JsonSchema {
  const tested = claim ? interpolable(claim.params, '#/$defs/claim/properties/test') : {};
  const required = Array.isArray(tested.required) ? tested.required : [];
  const own = isSchema(tested.properties) ? tested.properties : {};
  const test: JsonSchema = {
    ...tested,
    type: 'object',
    properties: { rows: ref('input'), ...own },
    required: ['rows', ...required],
  };
  const text: Record<string, JsonSchema> = {
    says: string('The sentence that is tested'),
    source: string('Where it stands, such as Figure 4'),
    note: string('What a reader should know of the verdict'),
    test: { description: 'What the sentence rests on: rows of a table, and an expression of a row', ...test },
  };
  return exactly('A sentence, and what it rests on', Object.fromEntries(CLAIM_KEYS.map((key) => [key, text[key]])), [
    'says',
    'test',
  ]);
}

const encode = (name: string): string => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));

/** Keywords under which schemas stand by name, in a list, or alone. */
const BY_NAME = ['properties', 'patternProperties', '$defs'];
const LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const SINGLE = ['items', 'additionalProperties'];

/**
 * A kind's schema with a reference allowed wherever a value is, since editors see `${params.n}` and not its value.
 * Local references are moved to `base`, and nothing is required that has a default.
 */
function interpolable(schema: JsonSchema, base: string): JsonSchema {
  const loosen = (part: unknown): unknown => {
    if (!isSchema(part)) return part;
    const inner = rebuild(part, loosen);
    if (part.type === 'string' && part.pattern === undefined && part.enum === undefined) return inner;
    // Editors show what the union says of itself, not what its parts do.
    const { description, default: standard, ...rest } = inner;
    return {
      ...(description !== undefined && { description }),
      ...(standard !== undefined && { default: standard }),
      ...or(rest, REFERENCE),
    };
  };
  const rebuild = (part: JsonSchema, each: (part: unknown) => unknown): JsonSchema => {
    const result: Record<string, unknown> = {};
    for (const [keyword, value] of Object.entries(part)) {
      if (keyword === '$id') continue;
      if (keyword === 'required' && Array.isArray(value)) {
        // A kind requires what has a default as well, since that is filled in first; a study may leave it out.
        result.required = value.filter((name) => propertyOf(part, name)?.default === undefined);
        continue;
      }
      if (keyword === '$ref' && typeof value === 'string' && value.startsWith('#/'))
        result.$ref = base + value.slice(1);
      else if (BY_NAME.includes(keyword) && isSchema(value))
        result[keyword] = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, each(inner)]));
      else if (LISTS.includes(keyword) && Array.isArray(value))
        result[keyword] = value.map((inner) => (isSchema(inner) ? rebuild(inner, each) : inner));
      else if (SINGLE.includes(keyword)) result[keyword] = each(value);
      else result[keyword] = value;
    }
    return result;
  };
  return rebuild(JSON.parse(JSON.stringify(schema)), loosen);
}
