import type { ClusterState, RunEvent } from '../engine/events.ts';
import type { ActionNode } from '../engine/graph.ts';
import { TroubleOnce } from './cacheWords.ts';
import { clusterWords } from './clusterWords.ts';
import { duration, paint, plural, wrap } from './text.ts';

interface StageState {
  total: number;
  done: number;
  executed: number;
  seconds: number;
}

/** Milliseconds between two redraws of the live line. */
const REDRAW_MS = 120;

/** Milliseconds between two lines on a cluster where there is no live line. */
const TELL_CLUSTER_MS = 60_000;

/**
 * Words a run's events for a person: one line for each stage that finished, failures at once, and on a terminal a live
 * line with what is running. Stages whose results were all there are not mentioned one by one.
 */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #stages = new Map<string, StageState>();
  readonly #running = new Map<string, number>();
  #total: number;
  readonly #started = performance.now();
  readonly #awaited = new Set<string>();
  /** What was handed to a cluster, which is counted and not named. */
  readonly #elsewhere = new Set<string>();
  #cluster: ClusterState | undefined;
  #clusterTold = Number.NEGATIVE_INFINITY;
  readonly #troubles = new TroubleOnce();
  #done = 0;
  #executedSeconds = 0;
  #lastDraw = 0;
  #live = false;

  constructor(nodes: readonly ActionNode[], stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.#total = nodes.length;
    for (const { stage } of nodes) {
      const state = this.#stages.get(stage.name);
      this.#stages.set(stage.name, { total: (state?.total ?? 0) + 1, done: 0, executed: 0, seconds: 0 });
    }
  }

  readonly handle = (event: RunEvent): void => {
    switch (event.type) {
      case 'run-started':
      case 'lock-differs':
      case 'run-tagged':
      case 'run-finished':
      case 'cache-uploaded':
        break;
      case 'action-queued':
        this.#awaited.delete(event.target);
        this.#elsewhere.add(event.target);
        break;
      case 'cluster':
        this.#tellCluster(event);
        break;
      case 'cache-trouble': {
        const words = this.#troubles.words(event.place, event.trouble);
        if (words !== undefined) this.#say(`${paint('yellow', '!', this.#stream)} ${words}`);
        break;
      }
      case 'action-awaited':
        this.#awaited.add(event.target);
        break;
      case 'action-cached':
        this.#awaited.delete(event.target);
        this.#finish(event.stage, 0);
        break;
      case 'action-started':
        this.#awaited.delete(event.target);
        if (!this.#elsewhere.has(event.target)) this.#running.set(event.target, 0);
        break;
      case 'action-progress':
        this.#running.set(event.target, event.fraction);
        break;
      case 'action-finished':
        this.#running.delete(event.target);
        this.#elsewhere.delete(event.target);
        this.#executedSeconds += event.seconds;
        this.#finish(event.stage, event.seconds);
        break;
      case 'action-failed':
        this.#running.delete(event.target);
        this.#elsewhere.delete(event.target);
        this.#fail(event);
        break;
      case 'action-not-needed':
        this.#stages.get(event.stage)!.total--;
        this.#total--;
        break;
      case 'action-skipped':
        this.#awaited.delete(event.target);
        this.#running.delete(event.target);
        break;
    }
    this.#draw();
  };

  #tellCluster(state: ClusterState): void {
    const before = this.#cluster;
    this.#cluster = state;
    if (state.trouble !== undefined && before?.trouble === undefined) {
      this.#say(
        `${paint('yellow', '!', this.#stream)} Slurm does not answer (${state.trouble}). Its jobs go on; it is asked again.`,
      );
    }
    if (state.trouble === undefined && before?.trouble !== undefined) this.#say('Slurm answers again.');
    if (state.adopted > (before?.adopted ?? 0) && !this.#toldAdopted) {
      this.#toldAdopted = true;
      this.#say(`Taking over the jobs that an earlier run left on the cluster.`);
    }
    const now = performance.now();
    if (this.#stream.isTTY || now - this.#clusterTold < TELL_CLUSTER_MS) return;
    this.#clusterTold = now;
    const words = clusterWords(state);
    if (words !== '') this.#say(`${this.#done}/${this.#total} · ${words}`);
  }

  #toldAdopted = false;

  /** Removes the live line. */
  close(): void {
    this.#erase();
  }

  #finish(stage: string, seconds: number): void {
    const state = this.#stages.get(stage)!;
    state.done++;
    this.#done++;
    if (seconds > 0) {
      state.executed++;
      state.seconds += seconds;
    }
    if (state.done < state.total || state.executed === 0) return;
    const cached = state.total - state.executed;
    const counts = `${plural(state.executed, 'action')}${cached > 0 ? `, ${cached} cached` : ''}`;
    this.#say(
      `${paint('green', '✓', this.#stream)} ${stage}  ${paint('dim', `${counts}, ${duration(state.seconds)}`, this.#stream)}`,
    );
  }

  #fail({ target, failure, retryIn, log }: RunEvent & { type: 'action-failed' }): void {
    if (failure.kind === 'damaged-input') {
      this.#say(`${paint('yellow', '!', this.#stream)} ${target}: ${failure.message}: computing it again`);
      return;
    }
    const again = retryIn === undefined ? '' : ` — trying again in ${duration(retryIn)}`;
    const [first, ...more] = failure.message.split('\n');
    const [head, ...rest] = wrap(`${target}: ${first}${again}`, (this.#stream.columns ?? 100) - 2);
    this.#say(`${paint('red', '✗', this.#stream)} ${head}`);
    for (const line of [...rest, ...more]) this.#say(`  ${line}`);
    if (retryIn !== undefined) return;
    const dim = (line: string): void => this.#say(paint('dim', `  ${line}`, this.#stream));
    for (const line of failure.stack?.split('\n') ?? []) dim(line.trim());
    // A failed program's message ends with what it printed.
    if (log && more.length === 0) for (const line of log.trimEnd().split('\n').slice(-10)) dim(`| ${line}`);
  }

  #say(line: string): void {
    this.#erase();
    this.#stream.write(`${line}\n`);
  }

  #draw(): void {
    const now = performance.now();
    if (!this.#stream.isTTY || now - this.#lastDraw < REDRAW_MS) return;
    this.#lastDraw = now;
    this.#erase();
    const elapsed = (now - this.#started) / 1000;
    const running = [...this.#running].map(([target, f]) => (f > 0 ? `${target} ${Math.floor(f * 100)}%` : target));
    if (this.#awaited.size > 0) running.push(`${this.#awaited.size} in another run`);
    if (this.#cluster !== undefined) running.unshift(...[clusterWords(this.#cluster)].filter((words) => words !== ''));
    const head = `${this.#done}/${this.#total} · ${duration(elapsed)}`;
    const line = `${head}${running.length > 0 ? ` · ${running.join(', ')}` : ''}`;
    this.#stream.write(line.slice(0, Math.max(20, (this.#stream.columns ?? 80) - 1)));
    this.#live = true;
  }

  #erase(): void {
    if (this.#live) this.#stream.write('\r\u001b[2K');
    this.#live = false;
  }
}
