/** Slurm's words for the ends that befall a job from outside. */
export const BEFALLEN = ['NODE_FAIL', 'PREEMPTED', 'BOOT_FAIL', 'REVOKED', 'LAUNCH_FAILED', 'RECONFIG_FAIL'];

/** What a job of an array is at, as far as the cluster tells: `unknown` is a word that says nothing of it. */
export type JobState = 'pending' | 'running' | 'ended' | 'unknown';

/** A line of the queue: one job of an array. */
export interface QueueEntry {
  /** Of the array. */
  readonly job: string;
  /** Its number in the array; 0 for a job that is no array. */
  readonly element: number;
  readonly name: string;
  readonly state: JobState;
  /** Why it waits; empty where it does not. */
  readonly reason: string;
}

/** How a job ended, or that it has not. */
export interface JobOutcome {
  readonly job: string;
  readonly element: number;
  readonly state: JobState;
  /** Slurm's word: COMPLETED, FAILED, TIMEOUT, OUT_OF_MEMORY, NODE_FAIL, CANCELLED … */
  readonly word: string;
  readonly code: number;
  readonly signal: number;
}

/** The fields that {@link parseQueue} reads, for `squeue --format`. */
export const QUEUE_FORMAT = '%F|%K|%T|%j|%r';

/** The fields that {@link parseAccounting} reads, for `sacct --format`. */
export const ACCOUNTING_FORMAT = 'JobID,State,ExitCode';

const PENDING = ['PENDING', 'REQUEUED', 'REQUEUE_HOLD', 'REQUEUE_FED', 'SPECIAL_EXIT', 'RESV_DEL_HOLD', 'CONFIGURING'];
const RUNNING = ['RUNNING', 'COMPLETING', 'SUSPENDED', 'STOPPED', 'SIGNALING', 'STAGE_OUT', 'RESIZING'];
const ENDED = ['COMPLETED', 'CANCELLED', 'FAILED', 'TIMEOUT', 'OUT_OF_MEMORY', 'DEADLINE', ...BEFALLEN];

const STATES = new Map<string, JobState>([
  ...PENDING.map((word) => [word, 'pending'] as const),
  ...RUNNING.map((word) => [word, 'running'] as const),
  ...ENDED.map((word) => [word, 'ended'] as const),
]);

const stateOf = (word: string): JobState => STATES.get(word) ?? 'unknown';

/** `squeue --noheader --array --format=…`. Lines of another form are no lines of the queue. */
export function parseQueue(text: string): QueueEntry[] {
  const entries: QueueEntry[] = [];
  for (const line of text.split('\n')) {
    const [job, element, word, name, ...reason] = line.split('|');
    if (reason.length === 0 || !/^\d+$/.test(job) || !/^(\d+|N\/A)$/.test(element)) continue;
    const state = stateOf(word);
    const why = reason.join('|').trim();
    entries.push({
      job,
      element: element === 'N/A' ? 0 : Number(element),
      name,
      state,
      reason: state === 'pending' && why !== 'None' ? why : '',
    });
  }
  return entries;
}

/** `sacct --noheader --parsable2 --allocations`: `123_4|NODE_FAIL|1:0`, and `123_[5-9]|PENDING|0:0` for those that have not begun. */
export function parseAccounting(text: string): JobOutcome[] {
  const outcomes: JobOutcome[] = [];
  for (const line of text.split('\n')) {
    const [id, word = '', exit = ''] = line.split('|');
    const [, job, element, list = element] = /^(\d+)(?:_(?:(\d+)|\[([\d,:.%-]+)\]))?$/.exec(id) ?? [];
    if (job === undefined) continue;
    for (const each of elementsOf(list, MOST_ELEMENTS - outcomes.length))
      outcomes.push(...outcome(job, each, word, exit));
  }
  return outcomes;
}

/**
 * `scontrol show job --oneliner`: `JobId=7 ArrayJobId=5 ArrayTaskId=2 … JobState=FAILED … ExitCode=7:0 …`. Jobs of an array that
 * have not begun have one line, also when they were cancelled: `ArrayTaskId=0-5,8%2`.
 */
export function parseJobs(text: string): JobOutcome[] {
  const outcomes: JobOutcome[] = [];
  for (const line of text.split('\n')) {
    const field = (name: string): string | undefined => new RegExp(`(?:^|\\s)${name}=(\\S+)`).exec(line)?.[1];
    const job = field('ArrayJobId') ?? field('JobId');
    if (job === undefined || !/^\d+$/.test(job)) continue;
    for (const element of elementsOf(field('ArrayTaskId'), MOST_ELEMENTS - outcomes.length)) {
      outcomes.push(...outcome(job, element, field('JobState') ?? '', field('ExitCode') ?? ''));
    }
  }
  return outcomes;
}

/** As many jobs as a study has cells at most; lists that would make it more are passed over. */
const MOST_ELEMENTS = 1_000_000;

/** The numbers of `2`, or of `0-5,8%2`, which Slurm may break off with dots; of no array there is one, without a number. */
function elementsOf(list: string | undefined, most: number): (string | undefined)[] {
  if (list === undefined) return [undefined];
  const found: string[] = [];
  for (const part of list.replace(/%\d+$/, '').split(',')) {
    const [, from, to = from, step = '1'] = /^(\d{1,9})(?:-(\d{1,9})(?::(\d{1,9}))?)?$/.exec(part) ?? [];
    if (from === undefined || found.length + Number(to) - Number(from) >= most) continue;
    for (let at = Number(from); at <= Number(to); at += Math.max(1, Number(step))) found.push(String(at));
  }
  return found;
}

/** None where what is said is no state that is known. */
function outcome(job: string, element: string | undefined, words: string, exit: string): JobOutcome[] {
  const word = words.split(/[\s+]/, 1)[0]; // "CANCELLED by 1000", "COMPLETED+"
  if (stateOf(word) === 'unknown') return [];
  const [, code = '0', signal = '0'] = /^(\d+):(\d+)$/.exec(exit) ?? [];
  return [
    { job, element: Number(element ?? 0), state: stateOf(word), word, code: Number(code), signal: Number(signal) },
  ];
}

/** The number of the cluster's configuration under a name, of `scontrol show config`; undefined where it has none. */
export function parseSetting(text: string, name: string): number | undefined {
  const [, value] = new RegExp(`^${name}\\s*=\\s*(\\d+)`, 'm').exec(text) ?? [];
  return value === undefined ? undefined : Number(value);
}

/** The number of the job that was submitted, of `sbatch --parsable`: `123` or `123;cluster`. */
export const parseSubmitted = (text: string): string | undefined => /^(\d+)(?:;.*)?$/m.exec(text.trim())?.[1];
