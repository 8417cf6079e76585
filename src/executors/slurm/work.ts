import type { QueueOptions, Task, TaskAction, TaskResult } from '../../engine/task.ts';
import type { JobOutcome, JobState } from './parse.ts';

/** An action on its way through the cluster. */
export interface Work {
  readonly task: Task;
  readonly action: TaskAction;
  readonly options: QueueOptions;
  settle(result: TaskResult | undefined): void;
  fail(error: unknown): void;
  /** Whether it was settled, or failed. */
  done: boolean;
  /** It has to have a job of its own: one that it shared ended badly. */
  alone: boolean;
  /** How often its job was lost through no fault of its own. */
  losses: number;
  /** Where the checkpoint was from which its last job went on. */
  from: number | undefined;
}

/** One job of an array. */
export interface Element {
  readonly batch: Batch;
  readonly index: number;
  /** By their places in the job; undefined where nobody asks for the action, or it was settled. */
  readonly works: (Work | undefined)[];
  /** What the queue said last; undefined before it said anything. */
  state: JobState | undefined;
  reason: string;
  /** Since when the queue does not list it, in milliseconds; undefined where it does, or was not asked. */
  missing: number | undefined;
  /** What the cluster says of it since. */
  outcome: JobOutcome | undefined;
  /** The newest start of it that told something. */
  attempt: number;
  /** It told its last. */
  ended: boolean;
  /** Nothing more is expected of it. */
  closed: boolean;
}

/** An array of jobs. */
export interface Batch {
  readonly token: string;
  readonly folder: string;
  readonly elements: readonly Element[];
  /** Numbers under which the cluster has it: more than one where it was submitted twice, for want of an answer. */
  readonly jobs: Set<string>;
  /** Records that were read. */
  readonly read: Set<string>;
  /** When it was submitted, or found, in milliseconds. */
  since: number;
  /** An earlier run submitted it; `sure` where it wrote down that it was taken. */
  readonly adopted: 'sure' | 'unsure' | undefined;
  /** The cluster did not say whether it took it. */
  unsure: { tries: number; misses: number; request: () => Promise<string> } | undefined;
}

/** An array of jobs with the actions of each, as it is before anything is known of it. */
export function newBatch(
  { token, folder, adopted }: Pick<Batch, 'token' | 'folder' | 'adopted'>,
  since: number,
  works: readonly (Work | undefined)[][],
): Batch {
  const elements: Element[] = [];
  const batch: Batch = { token, folder, elements, jobs: new Set(), read: new Set(), since, adopted, unsure: undefined };
  for (const [index, own] of works.entries()) {
    elements.push({
      batch,
      index,
      works: own,
      state: undefined,
      reason: '',
      missing: undefined,
      outcome: undefined,
      attempt: -1,
      ended: false,
      closed: false,
    });
  }
  return batch;
}

export const openWorks = ({ works }: Element): Work[] =>
  works.filter((work) => work !== undefined).filter(({ done }) => !done);
