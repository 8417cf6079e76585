import { basename } from 'node:path';
import type { TaskResult } from '../../../src/engine/task.ts';
import { type JobAction, readActions } from '../../../src/executors/slurm/batch.ts';
import type { Cluster, JobRequest } from '../../../src/executors/slurm/cluster.ts';
import { SlurmError } from '../../../src/executors/slurm/command.ts';
import type { JobOutcome, QueueEntry } from '../../../src/executors/slurm/parse.ts';
import type { Clock } from '../../../src/executors/slurm/rate.ts';
import { ResultWriter } from '../../../src/executors/slurm/resultFiles.ts';
import { Cas } from '../../../src/store/cas.ts';

/** Time that passes only when somebody waits, with things that happen at their moment. */
export class VirtualClock implements Clock {
  #now = 0;
  readonly #events: { readonly at: number; readonly happen: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  at(milliseconds: number, happen: () => void): void {
    this.#events.push({ at: this.#now + milliseconds, happen });
    this.#events.sort((a, b) => a.at - b.at);
  }

  async sleep(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds;
    while (this.#events.length > 0 && this.#events[0].at <= until) {
      const { at, happen } = this.#events.shift()!;
      this.#now = Math.max(this.#now, at);
      happen();
    }
    this.#now = until;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What befalls a job: what it tells before it ends, how Slurm says that it ended, and when each is seen. */
export interface Fortune {
  /** Milliseconds until it starts, and that it then runs. */
  readonly waits?: number;
  readonly runs?: number;
  /** Actions that it tells of before its end; all of them unless said. */
  readonly tells?: number;
  /** Whether it has a last word; it has unless said. */
  readonly ends?: 'done' | 'stopped' | false;
  readonly word?: string;
  readonly code?: number;
  readonly signal?: number;
  /** Milliseconds after its end at which its files are seen. */
  readonly late?: number;
  /** Milliseconds after its end for which the controller remembers it. */
  readonly remembered?: number;
  /** What its first actions come to, instead of doing well. */
  readonly results?: readonly TaskResult[];
  /** Done by it before it ends. */
  readonly does?: () => void;
  /** It is started again after this many milliseconds, though this start of it goes on and tells what it does. */
  readonly requeuedAfter?: number;
}

interface Job {
  readonly id: string;
  readonly request: JobRequest;
  readonly element: number;
  state: 'pending' | 'running' | 'ended';
  word: string;
  code: number;
  signal: number;
  forgotten: boolean;
  attempt: number;
}

/** A cluster without machines, in virtual time, whose jobs do as they are told. */
export class FakeCluster implements Cluster {
  readonly clock: VirtualClock;
  readonly jobs: Job[] = [];
  readonly requests: JobRequest[] = [];
  readonly cancelled: string[] = [];
  #next = 1;
  size = 1001;
  /** What befalls the jobs, in the order of their starts; afterwards all goes well. */
  fortunes: Fortune[] = [];
  usual: Fortune = {};
  /** What the next submissions come to: taken without an answer, lost without an answer, or refused. */
  submissions: ('silent' | 'lost' | 'refused')[] = [];
  /** Milliseconds after its submission at which a job is seen in the queue. */
  hidden = 0;
  /** While this is set no question is answered. */
  away = false;
  reason = 'Priority';
  readonly asked = { queue: 0, outcomes: 0 };

  constructor(clock: VirtualClock) {
    this.clock = clock;
  }

  async arraySize(): Promise<number> {
    this.#answer();
    return this.size;
  }

  async submit(request: JobRequest): Promise<string> {
    const how = this.submissions.shift();
    this.requests.push(request);
    if (how === 'refused') throw new SlurmError('refused', 'sbatch', 'invalid partition specified: nowhere');
    if (how === 'lost') throw new SlurmError('silent', 'sbatch', 'no answer');
    const id = String(this.#next++);
    for (let element = 0; element < request.elements; element++) {
      const fate = this.fortunes.shift() ?? this.usual;
      const base = { id, request, element, word: '', code: 0, signal: 0, forgotten: false, attempt: 0 };
      const job: Job = { ...base, state: 'pending' };
      if (this.hidden === 0) this.jobs.push(job);
      else this.clock.at(this.hidden, () => this.jobs.push(job));
      this.#begin(job, fate);
    }
    if (how === 'silent') throw new SlurmError('silent', 'sbatch', 'Socket timed out on send/recv operation');
    return id;
  }

  async queue(): Promise<QueueEntry[]> {
    this.asked.queue++;
    this.#answer();
    return this.jobs
      .filter(({ state }) => state !== 'ended')
      .map(({ id, request, element, state }) => ({
        job: id,
        element,
        name: request.name,
        state,
        reason: state === 'pending' ? this.reason : '',
      }));
  }

  async outcomes(jobs: readonly string[]): Promise<JobOutcome[]> {
    this.asked.outcomes += jobs.length;
    this.#answer();
    return this.jobs
      .filter(({ id, forgotten }) => jobs.includes(id) && !forgotten)
      .map(({ id, element, state, word, code, signal }) => ({ job: id, element, state, word, code, signal }));
  }

  async cancel(jobs: readonly string[]): Promise<void> {
    this.cancelled.push(...jobs);
    for (const job of this.jobs) {
      if (jobs.includes(job.id) || jobs.includes(`${job.id}_${job.element}`)) this.end(job, 'CANCELLED');
    }
  }

  end(job: Job, word: string, code = 0, signal = 0): void {
    if (job.state === 'ended') return;
    Object.assign(job, { state: 'ended', word, code, signal });
  }

  #begin(job: Job, fate: Fortune): void {
    const { waits = 1000, runs = 1000, requeuedAfter } = fate;
    const attempt = job.attempt;
    this.clock.at(waits, () => {
      if (job.state === 'ended') return;
      job.state = 'running';
      this.#write(job, attempt, [], undefined);
      if (requeuedAfter !== undefined) {
        this.clock.at(requeuedAfter, () => {
          job.attempt++;
          job.state = 'pending';
          this.#begin(job, { waits: 5000 });
        });
      }
      this.clock.at(runs, () => this.#finish(job, attempt, fate));
    });
  }

  #finish(job: Job, attempt: number, { tells, ends = 'done', word = 'COMPLETED', late = 0, ...fate }: Fortune): void {
    const tell = (): void => {
      const { actions } = readActions(job.request.folder, job.element)!;
      const told = actions.slice(0, tells).map((action, at) => fate.results?.[at] ?? perform(action));
      if (tells === undefined && fate.results === undefined && ends === 'done') this.#write(job, attempt, told, 'done');
      else this.#write(job, attempt, told, ends === false ? undefined : ends);
    };
    if (job.state === 'ended') return;
    fate.does?.();
    if (late === 0) tell();
    else this.clock.at(late, tell);
    if (attempt !== job.attempt) return; // an orphan: Slurm knows nothing of it
    this.end(job, word, fate.code, fate.signal);
    this.clock.at(fate.remembered ?? 300_000, () => {
      job.forgotten = true;
    });
  }

  #write(job: Job, attempt: number, told: readonly TaskResult[], end: 'done' | 'stopped' | undefined): void {
    const token = basename(job.request.folder);
    const writer = new ResultWriter(job.request.folder, { token, element: job.element, attempt, host: 'fake' });
    writer.write(
      told.map((result, at) => [at, result]),
      end,
    );
  }

  #answer(): void {
    if (this.away) throw new SlurmError('silent', 'squeue', 'Unable to contact slurm controller');
  }
}

/** Gives an output that tells of the action, and puts it into the store. */
export function perform({ task }: Pick<JobAction, 'task'>): TaskResult {
  const bytes = Buffer.from(`${task.target} ${task.seed}`);
  const digest = new Cas(task.storeRoot).put(bytes);
  return { ok: true, outputs: { out: { digest, bytes: bytes.length } }, seconds: 1, log: '' };
}
