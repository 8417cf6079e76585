import type { FakeClock } from './clock.ts';
import { ANSWERS, type CallFault, type JobFault, type Mishap, type ProgramAnswer } from './faults.ts';
import type { FakeJob, ScriptRunner, Submission } from './job.ts';
import { type FakeNode, nodeFor, occupy } from './schedule.ts';

export interface FakeSettings {
  /** Nodes n1, n2, … */
  readonly nodes: number;
  readonly cpus: number;
  /** MiB of a node. */
  readonly memory: number;
  /** The first job's number. */
  readonly firstJobId: number;
  readonly maxArraySize: number;
  readonly maxJobCount: number;
  /** Jobs that one person may have waiting and running; undefined: any number. */
  readonly maxSubmitJobs: number | undefined;
  /** Seconds that a job which ended is remembered. */
  readonly minJobAge: number;
  /** Seconds from SIGTERM to SIGKILL. */
  readonly killWait: number;
  /** Whether sacct has a database to ask. */
  readonly accounting: boolean;
  /** Milliseconds of a minute of a job's time limit. Shorter than in life, for tests. */
  readonly minute: number;
  /** Milliseconds from one look at what waits to the next. */
  readonly cycle: number;
  /** Milliseconds until a requeued job may start again. */
  readonly requeueDelay: number;
}

export const DEFAULT_SETTINGS: FakeSettings = {
  nodes: 2,
  cpus: 16,
  memory: 1_000_000,
  firstJobId: 1,
  maxArraySize: 1001,
  maxJobCount: 10_000,
  maxSubmitJobs: undefined,
  minJobAge: 300,
  killWait: 2,
  accounting: false,
  minute: 60_000,
  cycle: 10,
  requeueDelay: 100,
};

export interface ProgramCall {
  readonly program: string;
  readonly args: readonly string[];
  /** When, by the cluster's clock. */
  readonly at: number;
}

const SIGTERM = 15;
const SIGKILL = 9;
/** What Slurm gives as the signal of a job that ran out of memory. */
const OUT_OF_MEMORY = 125;

/** The controller of a cluster that is not there, its nodes, and what goes wrong with them. */
export class FakeCluster {
  readonly settings: FakeSettings;
  readonly clock: FakeClock;
  readonly nodes: readonly FakeNode[];
  /** All calls of its programs. */
  readonly calls: ProgramCall[] = [];
  /** Most jobs that waited and ran at once. */
  mostJobs = 0;
  readonly #runner: ScriptRunner;
  readonly #callFaults: { readonly fault: CallFault; left: number }[] = [];
  readonly #jobFaults: { readonly fault: JobFault; left: number }[] = [];
  /** That the controller remembers, in the order of submission. */
  readonly #jobs = new Set<FakeJob>();
  /** All that there ever were, where there is accounting: a database forgets nothing. */
  readonly accounted: FakeJob[] = [];
  /** Those that wait or run. */
  readonly #live = new Set<FakeJob>();
  #waiting: FakeJob[] = [];
  /** How many of an array have not begun. */
  readonly #notBegun = new Map<number, number>();
  #lastId: number;
  #cancelCycle: (() => void) | undefined;

  constructor(settings: FakeSettings, clock: FakeClock, runner: ScriptRunner) {
    this.settings = settings;
    this.clock = clock;
    this.#runner = runner;
    const { nodes, cpus, memory, firstJobId } = settings;
    this.#lastId = firstJobId - 1;
    this.nodes = Array.from({ length: nodes }, (_, at) => ({
      name: `n${at + 1}`,
      cpus,
      memory,
      up: true,
      usedCpus: 0,
      usedMemory: 0,
    }));
  }

  /** The next call of that program goes wrong, or so many. Faults of a program befall its calls in the order given. */
  onCall(...faults: readonly CallFault[]): void {
    for (const fault of faults) this.#callFaults.push({ fault, left: fault.times ?? 1 });
  }

  /** The next job that starts has a mishap, or so many. */
  onJob(...faults: readonly JobFault[]): void {
    for (const fault of faults) this.#jobFaults.push({ fault, left: fault.times ?? 1 });
  }

  /** How often a program was called. */
  count(program: string): number {
    return this.calls.filter((call) => call.program === program).length;
  }

  /** Takes note of a call, and says what goes wrong with it. */
  called(program: string, args: readonly string[]): CallFault | undefined {
    this.calls.push({ program, args, at: this.clock.now() });
    const line = args.join(' ');
    const found = this.#callFaults.find(
      ({ fault, left }) => left > 0 && fault.program === program && (fault.args?.test(line) ?? true),
    );
    if (found === undefined) return undefined;
    found.left--;
    return found.fault;
  }

  /** Jobs that the controller remembers, in the order of submission. */
  get jobs(): readonly FakeJob[] {
    this.#forget();
    const since = this.#forgetsBefore;
    return [...this.#jobs].filter(({ forgotten, ended }) => !forgotten && (ended === undefined || ended >= since));
  }

  /** Those of them that wait or run. */
  get live(): readonly FakeJob[] {
    return [...this.#live].filter(({ forgotten }) => !forgotten);
  }

  /** The number of the job, or why there is none. */
  submit(submission: Submission): number | ProgramAnswer {
    const { maxArraySize, maxSubmitJobs, maxJobCount, memory } = this.settings;
    const tasks = submission.tasks ?? [undefined];
    if (tasks.length === 0 || tasks.some((task) => (task ?? 0) >= maxArraySize)) return ANSWERS.invalidArray;
    if (submission.memory > memory) return ANSWERS.unavailableNodes;
    if (this.#live.size + tasks.length > (maxSubmitJobs ?? Number.POSITIVE_INFINITY)) return ANSWERS.submitLimit;
    if (this.#live.size + tasks.length > maxJobCount) return ANSWERS.unableToAccept;
    const array = ++this.#lastId;
    this.#notBegun.set(array, tasks.length);
    for (const task of tasks) {
      const job: FakeJob = {
        submission,
        array,
        task,
        id: array,
        state: 'PENDING',
        reason: submission.held ? 'JobHeldUser' : 'None',
        node: undefined,
        restarts: 0,
        submitted: this.clock.now(),
        started: undefined,
        ended: undefined,
        code: 0,
        signal: 0,
        forgotten: false,
        running: undefined,
        timers: [],
        stopping: undefined,
      };
      this.#jobs.add(job);
      if (this.settings.accounting) this.accounted.push(job);
      this.#live.add(job);
      this.#waiting.push(job);
    }
    this.mostJobs = Math.max(this.mostJobs, this.#live.size);
    this.#scheduleSoon();
    return array;
  }

  /**
   * Cancels jobs. Of those of an array that wait, nothing is told any more, unless all of them are cancelled: so it is with
   * the real one.
   */
  cancel(jobs: readonly FakeJob[]): void {
    const waiting = jobs.filter(({ state }) => state === 'PENDING');
    const counts = new Map<number, number>();
    for (const { array } of waiting) counts.set(array, (counts.get(array) ?? 0) + 1);
    const partly = waiting.filter(
      ({ array, task }) => task !== undefined && counts.get(array) !== this.#notBegun.get(array),
    );
    for (const job of jobs.filter(({ state }) => state === 'RUNNING')) this.#stop(job, 'CANCELLED');
    for (const job of waiting) this.#end(job, 'CANCELLED', 0, 0);
    for (const job of partly) job.forgotten = true;
  }

  /** Sends a signal, and leaves it to the script what it does. */
  signal(job: FakeJob, name: NodeJS.Signals, scriptOnly: boolean): void {
    job.running?.signal(name, !scriptOnly);
  }

  release(job: FakeJob): void {
    if (job.reason === 'JobHeldUser') job.reason = 'None';
    this.#scheduleSoon();
  }

  hold(job: FakeJob): void {
    if (job.state === 'PENDING') job.reason = 'JobHeldUser';
  }

  /** It starts again from its beginning, with the same numbers. */
  requeue(job: FakeJob, orphan = false): void {
    if (job.state === 'PENDING') return;
    if (!orphan) job.running?.signal('SIGKILL', true);
    this.#leaveNode(job);
    Object.assign(job, {
      state: 'PENDING',
      reason: 'BeginTime',
      started: undefined,
      ended: undefined,
      code: 0,
      signal: 0,
    });
    job.restarts++;
    this.#live.add(job);
    this.clock.after(this.settings.requeueDelay, () => {
      if (job.state !== 'PENDING') return;
      job.reason = 'None';
      this.#waiting.unshift(job);
      this.#scheduleSoon();
    });
  }

  /** A node is gone; its jobs are requeued, or end with NODE_FAIL. Their scripts go on as orphans where told. */
  failNode(name: string, orphans = false): void {
    this.#node(name).up = false;
    for (const job of this.#live) {
      if (job.node !== name) continue;
      if (job.submission.requeue) this.requeue(job, orphans);
      else {
        if (!orphans) job.running?.signal('SIGKILL', true);
        this.#end(job, 'NODE_FAIL', 0, orphans ? 0 : SIGTERM);
      }
    }
  }

  mendNode(name: string): void {
    this.#node(name).up = true;
    this.#scheduleSoon();
  }

  async close(): Promise<void> {
    this.#cancelCycle?.();
    for (const job of this.#live) for (const cancel of job.timers) cancel();
    await this.#runner.close();
  }

  get #forgetsBefore(): number {
    return this.clock.now() - 1000 * this.settings.minJobAge;
  }

  /** Lets go of the oldest jobs, as far as they ended long ago. */
  #forget(): void {
    const since = this.#forgetsBefore;
    for (const job of this.#jobs) {
      if (job.ended === undefined || job.ended >= since) return;
      this.#jobs.delete(job);
    }
  }

  /** One of an array that has not begun any more. */
  #begins({ array, restarts }: FakeJob): void {
    if (restarts > 0) return;
    const left = this.#notBegun.get(array)! - 1;
    if (left > 0) this.#notBegun.set(array, left);
    else this.#notBegun.delete(array);
  }

  #node(name: string): FakeNode {
    const node = this.nodes.find((each) => each.name === name);
    if (node === undefined) throw new Error(`there is no node ${name}`);
    return node;
  }

  #scheduleSoon(): void {
    this.#cancelCycle ??= this.clock.after(this.settings.cycle, () => {
      this.#cancelCycle = undefined;
      this.#schedule();
    });
  }

  /** Starts what fits, first come first served; a later one may pass an earlier one that does not fit. */
  #schedule(): void {
    const running = new Map<number, number>();
    for (const job of this.#live) {
      if (job.state === 'RUNNING') running.set(job.array, (running.get(job.array) ?? 0) + 1);
    }
    let first = true;
    /** What did not fit: no more will. */
    let tooMuch = Number.POSITIVE_INFINITY;
    this.#waiting = this.#waiting.filter((job) => {
      if (job.state !== 'PENDING') return false;
      if (job.reason === 'JobHeldUser') return true;
      const together = running.get(job.array) ?? 0;
      const throttled = together >= (job.submission.throttle ?? Number.POSITIVE_INFINITY);
      const { cpus, nodes } = job.submission;
      const node = throttled || cpus >= tooMuch ? undefined : nodeFor(job, this.nodes);
      if (node !== undefined) {
        running.set(job.array, together + 1);
        this.#start(job, node);
        return false;
      }
      if (!throttled && nodes === undefined && job.submission.memory === 0) tooMuch = Math.min(tooMuch, cpus);
      const never = job.submission.cpus > this.settings.cpus;
      job.reason = throttled ? 'JobArrayTaskLimit' : never ? 'PartitionConfig' : first ? 'Resources' : 'Priority';
      first = false;
      return true;
    });
  }

  #start(job: FakeJob, node: FakeNode): void {
    // The last of an array to start keeps the array's number.
    if (job.task !== undefined && job.restarts === 0 && this.#notBegun.get(job.array)! > 1) job.id = ++this.#lastId;
    this.#begins(job);
    occupy(node, job, 1);
    Object.assign(job, { state: 'RUNNING', reason: 'None', node: node.name, started: this.clock.now() });
    const mishap = this.#mishapOf(job);
    if (mishap?.is === 'never-runs' || mishap?.is === 'late') {
      this.#end(job, 'COMPLETED', 0, 0);
      if (mishap.is === 'late') {
        this.clock.after(mishap.by, () => this.#runner.start(job, node.name, () => undefined));
      }
      return;
    }
    const running = this.#runner.start(job, node.name, (code, signal) => {
      if (job.running !== running) return; // an orphan: the job is elsewhere by now
      this.#end(job, code === 0 && signal === 0 ? 'COMPLETED' : 'FAILED', code, signal);
    });
    job.running = running;
    const { limit, warning } = job.submission;
    const { minute } = this.settings;
    const most = limit === undefined ? undefined : limit * minute;
    const before = ((warning?.seconds ?? 0) * minute) / 60;
    if (mishap?.is === 'time-limit') this.#limit(job, mishap.after, mishap.warning ?? before);
    else if (most !== undefined) this.#limit(job, most, before);
    if (mishap !== undefined && 'after' in mishap && mishap.is !== 'time-limit') {
      this.#later(job, mishap.after, () => this.#befall(job, mishap));
    }
  }

  #limit(job: FakeJob, most: number, before: number): void {
    const { warning } = job.submission;
    if (warning !== undefined) {
      this.#later(job, Math.max(0, most - before), () => job.running?.signal(warning.signal, !warning.script));
    }
    this.#later(job, most, () => this.#stop(job, 'TIMEOUT'));
  }

  #befall(job: FakeJob, mishap: Mishap): void {
    if (mishap.is === 'cancelled') this.#stop(job, 'CANCELLED');
    if (mishap.is === 'node-fails') this.failNode(job.node!, mishap.orphan);
    if (mishap.is === 'out-of-memory') {
      job.running?.signal('SIGKILL', true);
      this.#end(job, 'OUT_OF_MEMORY', 0, OUT_OF_MEMORY);
    }
    if (mishap.is === 'forgotten') {
      if (!mishap.goesOn) job.running?.signal('SIGKILL', true);
      job.forgotten = true;
      if (!mishap.goesOn) this.#end(job, 'FAILED', 0, SIGKILL);
    }
  }

  /** Asks the job to end, kills it when it does not, and says so with that state. */
  #stop(job: FakeJob, state: string): void {
    job.state = 'COMPLETING';
    const { running } = job;
    if (running === undefined) {
      this.#end(job, state, 0, SIGTERM);
      return;
    }
    const kill = this.clock.after(1000 * this.settings.killWait, () => running.signal('SIGKILL', true));
    job.timers.push(kill);
    job.stopping = state;
    running.signal('SIGTERM', true);
  }

  #later(job: FakeJob, milliseconds: number, work: () => void): void {
    job.timers.push(this.clock.after(milliseconds, () => job.state === 'RUNNING' && work()));
  }

  #mishapOf({ submission: { name }, task }: FakeJob): Mishap | undefined {
    const found = this.#jobFaults.find(
      ({ fault, left }) =>
        left > 0 && (fault.name?.test(name) ?? true) && (fault.task === undefined || fault.task === task),
    );
    if (found === undefined) return undefined;
    found.left--;
    return found.fault.mishap;
  }

  #leaveNode(job: FakeJob): void {
    for (const cancel of job.timers) cancel();
    const node = this.nodes.find(({ name }) => name === job.node);
    if (node !== undefined) occupy(node, job, -1);
    Object.assign(job, { timers: [], running: undefined, node: undefined, stopping: undefined });
  }

  #end(job: FakeJob, state: string, code: number, signal: number): void {
    if (job.started === undefined) this.#begins(job);
    const as = job.stopping ?? state;
    const { node } = job;
    this.#leaveNode(job);
    const reason = reasonOf(as, signal) ?? (job.started === undefined ? job.reason : 'None');
    Object.assign(job, { state: as, code, signal, reason, node, ended: this.clock.now() });
    this.#live.delete(job);
    this.#forget();
    this.#scheduleSoon();
  }
}

/** Slurm's words for why a job ended so. */
function reasonOf(state: string, signal: number): string | undefined {
  if (state === 'FAILED') return signal === 0 ? 'NonZeroExitCode' : 'JobLaunchFailure';
  return { TIMEOUT: 'TimeLimit', NODE_FAIL: 'NodeDown', OUT_OF_MEMORY: 'OutOfMemory' }[state];
}
