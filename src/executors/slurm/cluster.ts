import type { JobSettings } from '../../study/plan.ts';
import { type Run, SlurmError } from './command.ts';
import {
  ACCOUNTING_FORMAT,
  type JobOutcome,
  parseAccounting,
  parseJobs,
  parseQueue,
  parseSetting,
  parseSubmitted,
  QUEUE_FORMAT,
  type QueueEntry,
} from './parse.ts';

/** What one array of jobs is asked for. */
export interface JobRequest {
  readonly name: string;
  /** Jobs of the array. */
  readonly elements: number;
  readonly cpus: number;
  /** Bytes, where somebody said how many. */
  readonly memory?: number;
  /** Seconds, where somebody said how many. */
  readonly time?: number;
  readonly settings: JobSettings;
  /** The script, and the words that it is given. */
  readonly script: string;
  readonly words: readonly string[];
  /** Where what a job prints is put, by the number of the job in its array. */
  readonly logs: string;
  readonly folder: string;
}

/** Seconds before a job's time limit at which it is warned, and the part of a short one. */
const WARNING_SECONDS = 60;
const WARNING_PART = 1 / 4;

const warningBefore = (time = Number.POSITIVE_INFINITY): number =>
  Math.ceil(Math.min(WARNING_SECONDS, WARNING_PART * Math.max(time, 60)));

/** Slurm, as far as it is needed. Each call is one question to its controller. Rejects with {@link SlurmError}. */
export interface Cluster {
  /** How many jobs an array may have; 1 where there are no arrays. */
  arraySize(): Promise<number>;
  /** The number under which the cluster took the jobs. */
  submit(request: JobRequest): Promise<string>;
  /** All jobs of this person that wait or run. */
  queue(): Promise<QueueEntry[]>;
  /** What is known of jobs that have left the queue; nothing is said of those that the cluster has forgotten. */
  outcomes(jobs: readonly string[]): Promise<JobOutcome[]>;
  cancel(jobs: readonly string[]): Promise<void>;
}

/** The arguments of sbatch for a request. What a person added comes last, for the last word counts. */
export function submitArguments(request: JobRequest): string[] {
  const { name, elements, cpus, memory, time, settings, script, words, logs, folder } = request;
  const { partition, account, options = [] } = settings;
  return [
    '--parsable',
    `--job-name=${name}`,
    ...(elements > 1 ? [`--array=0-${elements - 1}`] : []),
    `--cpus-per-task=${cpus}`,
    ...(memory === undefined ? [] : [`--mem=${Math.ceil(memory / 2 ** 20)}M`]),
    ...(time === undefined ? [] : [`--time=${Math.max(1, Math.ceil(time / 60))}`]),
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(account === undefined ? [] : [`--account=${account}`]),
    '--nodes=1',
    '--ntasks=1',
    '--requeue',
    '--open-mode=append',
    `--signal=B:USR2@${warningBefore(time)}`,
    // Of the little that sbatch is let see, all (see slurmCommands). Were the variables named here, each job would begin with a
    // login shell on its node: that takes longer than many a job, and gives it what the person sets there, keys and passwords too.
    '--export=ALL',
    '--input=/dev/null',
    `--output=${logs}`,
    `--chdir=${folder}`,
    ...options,
    script,
    ...words,
  ];
}

/** Slurm through its own programs. */
export class SlurmCluster implements Cluster {
  readonly #run: Run;
  readonly #user: string;
  /** Whether there is accounting; undefined before it was tried. */
  #accounts: boolean | undefined;

  constructor(run: Run, user: string) {
    this.#run = run;
    this.#user = user;
  }

  async arraySize(): Promise<number> {
    const size = parseSetting(await this.#run('scontrol', ['show', 'config']), 'MaxArraySize');
    if (size === undefined) throw new SlurmError('silent', 'scontrol', 'its answer names no MaxArraySize');
    return Math.max(1, size); // one above the largest number in an array
  }

  async submit(request: JobRequest): Promise<string> {
    const answer = await this.#run('sbatch', submitArguments(request));
    const job = parseSubmitted(answer);
    if (job === undefined) throw new SlurmError('silent', 'sbatch', `its answer names no job: ${answer.trim()}`);
    return job;
  }

  async queue(): Promise<QueueEntry[]> {
    const options = ['--noheader', '--array', '--user', this.#user, `--format=${QUEUE_FORMAT}`];
    return parseQueue(await this.#run('squeue', options));
  }

  async outcomes(jobs: readonly string[]): Promise<JobOutcome[]> {
    if (this.#accounts !== false) {
      const found = await this.#accounting(jobs);
      this.#accounts ??= found !== undefined;
      if (found !== undefined && found.length > 0) return found;
    }
    const found: JobOutcome[] = [];
    for (const job of jobs) {
      try {
        found.push(...parseJobs(await this.#run('scontrol', ['show', 'job', '--oneliner', job])));
      } catch (error) {
        // "Invalid job id": the controller has forgotten it.
        if (!(error instanceof SlurmError) || error.reason !== 'refused') throw error;
      }
    }
    return found;
  }

  async cancel(jobs: readonly string[]): Promise<void> {
    // Some of them may have ended since; of that scancel tells in its exit code.
    await this.#run('scancel', jobs).catch((error: unknown) => {
      if (!(error instanceof SlurmError) || error.reason !== 'refused') throw error;
    });
  }

  /** Undefined where there is no accounting: most small clusters have none. */
  async #accounting(jobs: readonly string[]): Promise<JobOutcome[] | undefined> {
    const options = ['--noheader', '--parsable2', '--allocations', `--jobs=${jobs.join(',')}`];
    try {
      return parseAccounting(await this.#run('sacct', [...options, `--format=${ACCOUNTING_FORMAT}`]));
    } catch (error) {
      if (error instanceof SlurmError && error.reason === 'silent') return [];
      return undefined;
    }
  }
}
