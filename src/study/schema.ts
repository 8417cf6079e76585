import { compareCodePoints } from '../store/canonical.ts';
import type { ColumnType } from '../tables/table.ts';
import { CACHE_FORM } from './cache.ts';
import { CLAIM_KEYS } from './claims.ts';
import type { KindContract } from './contract.ts';
import { RUN_KEYS, USES_KEYS } from './drafts.ts';
import type { JobSettings, SlurmLimits } from './plan.ts';
import { isSchema, type JsonSchema, propertyOf } from './schemaWords.ts';

/** Kinds that the language uses by itself: for programs, for claims, to gather cells and to look at replicates. No stage names them. */
const INTERNAL: ReadonlySet<string> = new Set(['run', 'claim', 'gather', 'decide']);

const REFERENCE: JsonSchema = { type: 'string', pattern: '\\$\\{' };
const COLUMNS: readonly ColumnType[] = ['int32', 'float64', 'utf8', 'bool'];

const string = (description: string): JsonSchema => ({ type: 'string', description });
const mapOf = (additionalProperties: JsonSchema, description?: string): JsonSchema => ({
  type: 'object',
  ...(description !== undefined && { description }),
  additionalProperties,
});
const exactly = (
  description: string,
  properties: Record<string, JsonSchema>,
  required: readonly string[] = [],
): JsonSchema => ({
  type: 'object',
  description,
  properties,
  ...(required.length > 0 && { required }),
  additionalProperties: false,
});
const or = (...anyOf: readonly JsonSchema[]): JsonSchema => ({ anyOf });
const ref = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` });

/**
 * JSON Schema (2020-12) of study files, for editors: the main file and what it includes, with the parameters of each
 * kind. It asks for less than `readStudy`, which alone sees references resolved and stages joined.
 */
export function studySchema(contracts: Readonly<Record<string, KindContract>>): JsonSchema {
  const names = Object.keys(contracts)
    .filter((name) => !INTERNAL.has(name.replace(/^driftline:/, '')))
    .sort(compareCodePoints);
  const claim = contracts['driftline:claim'] ?? contracts.claim;
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
      seed: { type: ['string', 'integer'], description: 'What all random numbers are derived from' },
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
      params: mapOf({}, `Parameters, which \${params.name} refers to`),
      profiles: mapOf(exactly('A profile', { params: mapOf({}) }), 'Named sets of parameters that replace those above'),
      executor: ref('studyExecutor'),
      stages: mapOf(ref('stage'), 'The stages by name'),
      claims: mapOf(ref('claim'), 'The claims by name'),
    },
    dependentRequired: { driftline: ['study'], study: ['driftline'] },
    additionalProperties: false,
    $defs: definitions,
  };
}

const TIME = or({ type: 'number', exclusiveMinimum: 0 }, string('A time such as 10m'));
const COUNT = or({ type: 'integer', minimum: 1 }, REFERENCE);
const RATE = or({ type: 'number', exclusiveMinimum: 0 }, REFERENCE);

const JOB_PROPERTIES: Record<keyof JobSettings, JsonSchema> = {
  partition: string('Slurm’s partition'),
  account: string('The account that is charged'),
  time: { ...TIME, description: 'The time limit of a job' },
  memory: or({ type: 'integer', minimum: 1 }, string('The memory of a job, such as 4GB')),
  options: { type: 'array', items: { type: 'string', pattern: '^-' }, description: 'Further options of sbatch' },
  pack: { ...TIME, description: 'Shorter actions share a job, up to about so much work' },
  takes: { ...TIME, description: 'About how long one action takes, until Driftline has seen it' },
};

const LIMIT_PROPERTIES: Record<keyof SlurmLimits, JsonSchema> = {
  jobs: { ...COUNT, description: 'Jobs queued or running at a time' },
  cells: { ...COUNT, description: 'Actions handed to the cluster at a time' },
  submits: { ...RATE, description: 'Submissions per second' },
  polls: { ...RATE, description: 'Questions to Slurm per minute' },
  grace: { ...TIME, description: 'How long a file may take to be seen on another machine' },
  node: string('The program node on the cluster’s nodes'),
};

const executor = (description: string, settings: Record<string, JsonSchema>): JsonSchema => ({
  description,
  ...or(
    { enum: ['local', 'slurm'] },
    REFERENCE,
    exactly('Slurm, and what is asked of it', { kind: { enum: ['local', 'slurm'] }, ...settings }, ['kind']),
  ),
});

function commonDefinitions(): Record<string, JsonSchema> {
  const binding = string('<stage>.<output>, or the path of a file with a slash');
  const columns = mapOf({ enum: COLUMNS });
  return {
    input: or(binding, exactly('Cells of another stage', { from: binding, where: mapOf(ref('scalar')) }, ['from'])),
    axis: or(
      { type: 'array', minItems: 1 },
      { type: 'string' },
      { type: 'object', properties: { for: { type: 'string' } }, required: ['for'] },
    ),
    matrix: {
      type: 'object',
      description:
        'Axes by name, each a list, a range such as 0.05..0.95 step 0.05, or { for: <axis>, <value>: [values] }',
      properties: {
        zip: { type: 'array', items: { type: 'object' }, description: 'Axes that change together' },
        include: { type: 'array', items: { type: 'object' }, description: 'Points to add' },
        exclude: {
          type: 'array',
          items: { type: 'object' },
          description: 'Points to take away, by some of their axes',
        },
      },
      additionalProperties: ref('axis'),
    },
    replicates: or(
      { type: 'integer', minimum: 1 },
      REFERENCE,
      exactly(
        'As many as it takes until an interval is narrow enough',
        {
          min: or({ type: 'integer', minimum: 2 }, REFERENCE),
          max: or({ type: 'integer', minimum: 2 }, REFERENCE),
          until: ref('until'),
        },
        ['min', 'max', 'until'],
      ),
    ),
    until: {
      ...exactly(
        'When a cell has enough replicates',
        {
          metric: string('A column of a replicate’s table of one row: jobDelay, or summary.jobDelay'),
          relativeHalfWidth: or({ type: 'number', exclusiveMinimum: 0 }, REFERENCE),
          halfWidth: or({ type: 'number', exclusiveMinimum: 0 }, REFERENCE),
          confidence: or({ type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }, REFERENCE),
        },
        ['metric'],
      ),
      oneOf: [{ required: ['relativeHalfWidth'] }, { required: ['halfWidth'] }],
    },
    resources: exactly('What one action takes', {
      cpus: or({ type: 'integer', minimum: 1 }, REFERENCE),
      memory: or({ type: 'integer', minimum: 1 }, string('A size such as 200MB')),
      time: or({ type: 'number', exclusiveMinimum: 0 }, string('A time such as 10m')),
    }),
    executor: executor('Where the stage’s actions are done', JOB_PROPERTIES),
    studyExecutor: executor('Where actions are done, unless their stage says otherwise', {
      ...JOB_PROPERTIES,
      ...LIMIT_PROPERTIES,
    }),
    retry: or(
      { type: 'integer', minimum: 0 },
      REFERENCE,
      exactly('Retries', { times: or({ type: 'integer' }, REFERENCE), delay: { type: ['number', 'string'] } }, [
        'times',
      ]),
    ),
    output: or(
      string('A file name such as fit.csv'),
      exactly('A table', { path: { type: 'string' }, columns }, ['path']),
    ),
  };
}

function stage(kinds: readonly string[], contracts: Readonly<Record<string, KindContract>>): JsonSchema {
  const all: Record<string, JsonSchema> = {
    uses: { ...or({ enum: kinds }, { type: 'string' }), description: 'The kind of stage' },
    with: { type: 'object', description: 'The kind’s parameters' },
    run: or({ type: 'array', items: ref('scalar'), minItems: 1 }, { type: 'string' }),
    outputs: mapOf(ref('output'), 'The files that the program writes'),
    code: { type: 'array', items: { type: 'string' }, description: 'The program’s own files' },
    shell: { type: 'boolean', description: 'Run the line through sh -c' },
    env: mapOf(ref('scalar'), 'Environment variables; no secrets'),
    formats: mapOf({ enum: ['csv', 'arrow', 'json'] }, 'How table inputs are handed over'),
    inputs: mapOf(ref('input')),
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
    source: string('Where it stands'),
    note: string('What to know beside it'),
    test,
  };
  return exactly('A claim', Object.fromEntries(CLAIM_KEYS.map((key) => [key, text[key]])), ['says', 'test']);
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
    return part.type === 'string' && part.pattern === undefined && part.enum === undefined
      ? inner
      : or(inner, REFERENCE);
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
