import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { KindContract, KindResolver } from '../../src/study/contract.ts';
import type { Plan } from '../../src/study/plan.ts';
import { formatProblem } from '../../src/study/problems.ts';
import { readStudy, type StudyRequest } from '../../src/study/read.ts';

const object = (properties: Record<string, unknown>, required: string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

const common = {
  K: { type: 'integer', minimum: 1 },
  d: { anyOf: [{ type: 'integer', minimum: 1 }, { const: 'all' }] },
};
const comparison = { enum: ['strict', 'weak'], default: 'strict' };

/** Kinds in plain JSON Schema that resemble the real ones. */
export const CONTRACTS: Readonly<Record<string, KindContract>> = {
  simulate: {
    summary: 'Simulate n queues',
    params: object(
      {
        n: { type: 'integer', minimum: 1 },
        lambda: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
        policy: {
          anyOf: [
            object({ kind: { const: 'none' } }, ['kind']),
            object({ kind: { const: 'abounce' }, C: { type: 'integer', minimum: 1 }, ...common, comparison }, [
              'kind',
              'C',
            ]),
            object(
              {
                kind: { const: 'mbounce' },
                alpha: {
                  anyOf: [
                    { type: 'number', exclusiveMinimum: 1 },
                    { type: 'string', pattern: '^\\d+/\\d+$' },
                  ],
                },
                ...common,
              },
              ['kind', 'alpha'],
            ),
          ],
        },
        events: { type: 'integer', minimum: 1, default: 1000 },
        start: { enum: ['empty', 'mean-field'], default: 'empty' },
      },
      ['n', 'lambda', 'start'],
    ),
    inputs: {},
    outputs: { tails: { type: 'table', schema: { i: 'int32', tail: 'float64' } }, summary: { type: 'table' } },
    replicateOutputs: { tails: { type: 'table' } },
    grows: 'events',
    check: (params) => {
      const { policy } = params as { policy?: { C?: number; K?: number } };
      const { C, K } = policy ?? {};
      return C !== undefined && K !== undefined && K > C
        ? [{ path: '/policy/K', message: `K = ${K} is above C = ${C}` }]
        : [];
    },
  },
  join: {
    summary: 'Join tables',
    params: object({ verbs: { type: 'array', items: { type: 'object', minProperties: 1, maxProperties: 1 } } }),
    inputs: {},
    otherInputs: { type: 'table' },
    outputs: { table: { type: 'table' }, log: { type: 'file', extension: 'txt' } },
  },
  figure: {
    summary: 'Draw a figure',
    params: object(
      {
        spec: { type: 'string', 'x-driftline': 'file' },
        formats: { type: 'array', items: { enum: ['svg', 'png'] }, default: ['svg'] },
      },
      ['spec'],
    ),
    inputs: {
      rows: { type: 'table', schema: { i: 'int32' } },
      style: { type: 'file', extension: 'json', optional: true },
    },
    outputs: { svg: { type: 'file', extension: 'svg' } },
  },
  'driftline:claim': {
    summary: 'Test a claim',
    params: object({
      where: { type: 'string' },
      every: { type: 'string' },
      some: { type: 'string' },
      refutes: { type: 'string' },
      numbers: { type: 'object', additionalProperties: { type: 'string' } },
    }),
    inputs: { rows: { type: 'table' } },
    outputs: { verdict: { type: 'file', extension: 'json' } },
    check: (params) => {
      const { every, some } = params as { every?: string; some?: string };
      return (every === undefined) === (some === undefined)
        ? [{ path: '', message: 'a test has exactly one of every and some' }]
        : [];
    },
  },
};

export const kinds: KindResolver = async (uses) => {
  if (uses === 'broken') throw new Error('Unexpected token\nand more');
  return Object.hasOwn(CONTRACTS, uses)
    ? { found: CONTRACTS[uses] }
    : { missing: uses, known: ['figure', 'join', 'simulate'] };
};

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Runs something in a temporary folder that holds these files. */
export async function inFolder<T>(files: Files, use: (root: string) => Promise<T> | T): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'driftline-study-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return await use(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

type Options = Partial<StudyRequest>;

export const read = (files: Files, options: Options = {}) =>
  inFolder(files, (root) => readStudy({ root, kinds, ...options }));

/** The two lines with which every study begins. */
export const HEAD = 'driftline: 1\nstudy: test\n';

const asFiles = (study: string | Files): Files =>
  typeof study === 'string' ? { 'pipeline.yaml': HEAD + study } : study;

/** All problems of a study as a person sees them; a text is the rest of pipeline.yaml below HEAD. */
export async function problemsOf(study: string | Files, options: Options = {}): Promise<string> {
  const result = await read(asFiles(study), options);
  if ('plan' in result) throw new Error(`no problem found:\n${JSON.stringify(result.plan, null, 2)}`);
  return `\n${result.problems.map(formatProblem).join('\n\n')}\n`;
}

export async function planOf(study: string | Files, options: Options = {}): Promise<Plan> {
  const result = await read(asFiles(study), options);
  if ('problems' in result) throw new Error(result.problems.map(formatProblem).join('\n\n'));
  // What is remembered between runs is JSON, so that is what counts.
  return JSON.parse(JSON.stringify(result.plan));
}
