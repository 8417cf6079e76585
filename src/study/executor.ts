import type { Scope } from './interpolate.ts';
import { found, type Node } from './nodes.ts';
import type { JobSettings, Json, SlurmLimits, StageExecutor, StudyExecutor } from './plan.ts';
import { MEMORY_FORM, readMemory, readTime, TIME_FORM } from './quantities.ts';
import { fieldsOf } from './shape.ts';
import { integer, valueAt } from './values.ts';

/** How a setting is written, and what it means. */
interface Setting<T> {
  readonly form: string;
  read(value: Json): T | undefined;
}

type SettingsOf<T> = { readonly [name in keyof Required<T>]: Setting<NonNullable<T[name]>> };

/** Words of a command line that name something: they stand behind an equals sign, and no shell reads them. */
const WORD: Setting<string> = {
  form: 'a name without spaces',
  read: (value) => (typeof value === 'string' && /^[^\s\p{Cc}-][^\s\p{Cc}]*$/u.test(value) ? value : undefined),
};
const TIME: Setting<number> = { form: TIME_FORM, read: readTime };
const MEMORY: Setting<number> = { form: MEMORY_FORM, read: readMemory };
const count = (most: number): Setting<number> => ({ form: `an integer from 1 to ${most}`, read: integer(1, most) });
const rate = (most: number): Setting<number> => ({
  form: `a number above 0, at most ${most}`,
  read: (value) => (typeof value === 'number' && value > 0 && value <= most ? value : undefined),
});

/** Options of sbatch that say what Driftline has to say itself. */
const OWN = [
  ['array', 'a'],
  ['chdir', 'D'],
  ['export', ''],
  ['input', 'i'],
  ['job-name', 'J'],
  ['output', 'o'],
  ['parsable', ''],
  ['signal', ''],
  ['wait', 'W'],
  ['wrap', ''],
];

const isOwn = (option: string): boolean =>
  OWN.some(([long, short]) =>
    option.startsWith('--')
      ? `--${long}` === option.split('=', 1)[0]
      : short !== '' && option.slice(1).startsWith(short),
  );

const isOption = (value: Json): value is string =>
  typeof value === 'string' && /^(-[A-Za-z]\S*|--[A-Za-z][^\p{Cc}]*)$/u.test(value) && !isOwn(value);

/** What a stage may say of its jobs, and the study of all. */
export const JOB_SETTINGS: SettingsOf<JobSettings> = {
  partition: WORD,
  account: WORD,
  time: TIME,
  memory: MEMORY,
  options: {
    form: `a list of sbatch options such as --qos=low, none of ${OWN.map(([long]) => `--${long}`).join(', ')}`,
    read: (value) => (Array.isArray(value) && value.every(isOption) ? (value as readonly string[]) : undefined),
  },
  pack: TIME,
  takes: TIME,
};

/** What is said once, for a whole run. */
export const SLURM_LIMITS: SettingsOf<SlurmLimits> = {
  jobs: count(1_000_000),
  cells: count(10_000_000),
  submits: rate(100),
  polls: rate(6000),
  grace: TIME,
  node: WORD,
};

const KINDS = ['local', 'slurm'] as const;
const KIND_FORM = 'local or slurm';

const isKind = (value: Json): value is StageExecutor['kind'] => KINDS.some((kind) => kind === value);

/** What a stage says of where its actions are done; undefined where it is wrong, which is reported. */
export function readStageExecutor(node: Node, scope: Scope): StageExecutor | undefined {
  return readExecutor(node, JOB_SETTINGS, scope)?.base;
}

/** What the study says of it. */
export function readStudyExecutor(node: Node, scope: Scope): StudyExecutor | undefined {
  const read = readExecutor(node, { ...JOB_SETTINGS, ...SLURM_LIMITS }, scope);
  return read && { ...read.base, limits: read.limits };
}

/** `slurm`, or a map of its settings. */
function readExecutor(
  node: Node,
  settings: Readonly<Record<string, Setting<unknown>>>,
  scope: Scope,
): { base: StageExecutor; limits: SlurmLimits } | undefined {
  if (node.kind !== 'map') {
    const form = `${KIND_FORM}, or { kind: slurm, partition: …, … }`;
    const kind = valueAt(node, '`executor`', form, (value) => (isKind(value) ? value : undefined), scope);
    return kind && { base: { kind, job: {} }, limits: {} };
  }
  const { problems } = scope;
  const fields = fieldsOf(node, '`executor`', ['kind', ...Object.keys(settings)], problems)!;
  const kindEntry = fields.get('kind');
  if (kindEntry === undefined) {
    problems.add({ code: 'missing-key', at: node, message: '`executor` lacks `kind`', expected: `kind: ${KIND_FORM}` });
  }
  const kind =
    kindEntry && valueAt(kindEntry.value, '`kind`', KIND_FORM, (value) => (isKind(value) ? value : undefined), scope);
  const job: Record<string, unknown> = {};
  const limits: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings)) {
    const entry = fields.get(name);
    if (entry === undefined) continue;
    if (kind === 'local') {
      const message = `\`${name}\` is of no meaning to the local executor, found ${found(entry.value)}`;
      problems.add({ code: 'unknown-key', at: entry.key, message, expected: 'kind: slurm' });
      continue;
    }
    const value = valueAt(entry.value, `\`${name}\``, setting.form, (given) => setting.read(given), scope);
    if (value !== undefined) (Object.hasOwn(JOB_SETTINGS, name) ? job : limits)[name] = value;
  }
  return kind && { base: { kind, job }, limits };
}
