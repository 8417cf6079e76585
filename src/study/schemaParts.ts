import type { ColumnType } from '../tables/table.ts';
import type { JobSettings, SlurmLimits } from './plan.ts';
import type { JsonSchema } from './schemaWords.ts';

/** A text with a reference in it, which may stand wherever a value does. */
export const REFERENCE: JsonSchema = { type: 'string', pattern: '\\$\\{' };
const COLUMNS: readonly ColumnType[] = ['int32', 'float64', 'utf8', 'bool'];

export const string = (description: string): JsonSchema => ({ type: 'string', description });
export const mapOf = (additionalProperties: JsonSchema, description?: string): JsonSchema => ({
  type: 'object',
  ...(description !== undefined && { description }),
  additionalProperties,
});
export const exactly = (
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
export const or = (...anyOf: readonly JsonSchema[]): JsonSchema => ({ anyOf });
export const ref = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` });

const TIME = or({ type: 'number', exclusiveMinimum: 0 }, string('A time such as 10m'));
const COUNT = or({ type: 'integer', minimum: 1 }, REFERENCE);
const RATE = or({ type: 'number', exclusiveMinimum: 0 }, REFERENCE);

const JOB_PROPERTIES: Record<keyof JobSettings, JsonSchema> = {
  partition: string('Slurm’s partition'),
  account: string('The account that is charged'),
  time: { ...TIME, description: 'The time limit of a job' },
  memory: { ...or({ type: 'integer', minimum: 1 }, string('A size such as 4GB')), description: 'The memory of a job' },
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
    exactly(
      'Slurm, and what is asked of it',
      { kind: { enum: ['local', 'slurm'], description: 'The executor' }, ...settings },
      ['kind'],
    ),
  ),
});

/** What several places of the language have in common, by the names under which they refer to it. */
export function commonDefinitions(): Record<string, JsonSchema> {
  const binding = string('<stage>.<output>, or the path of a file with a slash');
  const columns = mapOf({ enum: COLUMNS });
  return {
    input: {
      description: 'What is taken: an output of another stage, of some of its cells, or a file of the study',
      ...or(
        binding,
        exactly(
          'Some cells of another stage',
          { from: binding, where: mapOf(ref('scalar'), 'Values of axes that the cells have') },
          ['from'],
        ),
      ),
    },
    axis: {
      description: 'The values of an axis: a list of values and ranges, one range, or by the values of another axis',
      ...or(
        { type: 'array', minItems: 1 },
        { type: 'string' },
        {
          type: 'object',
          properties: { for: string('An axis before this one; further keys are its values, each with a list') },
          required: ['for'],
        },
      ),
    },
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
    replicates: {
      description: 'How often each cell is repeated, each time with a seed of its own',
      ...or(
        { type: 'integer', minimum: 1 },
        REFERENCE,
        exactly(
          'As many as it takes until an interval is narrow enough',
          {
            min: { ...or({ type: 'integer', minimum: 2 }, REFERENCE), description: 'Replicates before the first look' },
            max: {
              ...or({ type: 'integer', minimum: 2 }, REFERENCE),
              description: 'Replicates after which it ends anyway',
            },
            until: ref('until'),
          },
          ['min', 'max', 'until'],
        ),
      ),
    },
    until: {
      ...exactly(
        'When a cell has enough replicates',
        {
          metric: string('A column of a replicate’s table of one row: jobDelay, or summary.jobDelay'),
          relativeHalfWidth: {
            ...or({ type: 'number', exclusiveMinimum: 0 }, REFERENCE),
            description: 'Half the width of the interval, as a fraction of the mean; either this or halfWidth',
          },
          halfWidth: {
            ...or({ type: 'number', exclusiveMinimum: 0 }, REFERENCE),
            description: 'Half the width of the interval, in the units of the metric',
          },
          confidence: {
            ...or({ type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }, REFERENCE),
            description: 'Of the interval (default: 0.95)',
          },
        },
        ['metric'],
      ),
      oneOf: [{ required: ['relativeHalfWidth'] }, { required: ['halfWidth'] }],
    },
    resources: exactly('What one action takes', {
      cpus: { ...or({ type: 'integer', minimum: 1 }, REFERENCE), description: 'Cores that it keeps busy (default: 1)' },
      memory: {
        ...or({ type: 'integer', minimum: 1 }, string('A size such as 200MB')),
        description: 'Beyond this it is ended',
      },
      time: {
        ...or({ type: 'number', exclusiveMinimum: 0 }, string('A time such as 10m')),
        description: 'After this it is ended',
      },
    }),
    executor: executor('Where the stage’s actions are done', JOB_PROPERTIES),
    studyExecutor: executor('Where actions are done, unless their stage says otherwise', {
      ...JOB_PROPERTIES,
      ...LIMIT_PROPERTIES,
    }),
    retry: {
      description: 'How often a failed action is tried again',
      ...or(
        { type: 'integer', minimum: 0 },
        REFERENCE,
        exactly(
          'Retries, and the time between them',
          {
            times: { ...or({ type: 'integer', minimum: 0 }, REFERENCE), description: 'Tries after the first' },
            delay: {
              type: ['number', 'string'],
              description: 'The time before the second try, doubled before each further one (default: 1s)',
            },
          },
          ['times'],
        ),
      ),
    },
    output: {
      description: 'A file that the program writes; .csv and .arrow are tables',
      ...or(
        string('A file name such as fit.csv'),
        exactly(
          'A file with the types of its columns',
          {
            path: string('A file name such as fit.csv'),
            columns: { ...columns, description: 'Types of a table’s columns' },
          },
          ['path'],
        ),
      ),
    },
  };
}
