import type { Durations } from '../engine/costs/durations.ts';
import { Outlook } from '../engine/costs/outlook.ts';
import type { ClusterState, RunEvent } from '../engine/events.ts';
import type { ActionNode } from '../engine/graph.ts';
import { TroubleOnce } from './cacheWords.ts';
import { clusterWords } from './clusterWords.ts';
import { type FailedEvent, failureWords, type Invocation } from './failureWords.ts';
import { LiveLine } from './liveLine.ts';
import { progressInLog, progressLine, type Standing } from './progressLine.ts';
import { Rate } from './rate.ts';
import { isLive } from './terminal.ts';
import { duration, paint, plural } from './text.ts';

interface StageState {
  total: number;
  done: number;
  executed: number;
  failed: number;
  seconds: number;
}

/** Milliseconds between two redraws of the live line, and between two looks at the clock. */
const REDRAW_MS = 120;
const TICK_MS = 500;

/** Milliseconds of silence before a line is written where lines stay: the first time, and later. */
const FIRST_LINE_MS = 30_000;
const LINE_MS = 60_000;

/** Seconds of a run before which nothing is said of how long it has to go. */
const BEFORE_ANY_GUESS = 2;

/** Actions of a run of which it is foretold how long they take: of more, what is kept of each would be too much. */
const MOST_FORETOLD = 200_000;

/** Failures of one stage that are shown in full; the others are told in a line. */
const SHOWN_IN_FULL = 3;

export interface ProgressOptions {
  readonly jobs: number;
  /** What earlier runs recorded of how long actions take; asked once, when it is first of use. */
  readonly durations?: () => Durations | undefined;
  /** How to call up the study again, for the command that repeats a failed action. */
  readonly invocation?: Invocation;
  readonly now?: () => number;
}

/**
 * Words a run's events for a person: one line for each stage that finished, failures at once, and on a terminal a live
 * line with how far it is, how long it has to go and what is running; elsewhere such a line now and then, for lines stay
 * there. Stages whose results were all there are not mentioned one by one.
 */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #options: ProgressOptions;
  readonly #now: () => number;
  readonly #isLive: boolean;
  readonly #live: LiveLine;
  readonly #stages = new Map<string, StageState>();
  readonly #running = new Map<string, number>();
  readonly #outlook: Outlook;
  readonly #rate = new Rate();
  #total: number;
  readonly #started: number;
  readonly #awaited = new Set<string>();
  /** What was handed to a cluster, which is counted and not named, with how far it is. */
  readonly #elsewhere = new Map<string, number>();
  #cluster: ClusterState | undefined;
  #toldAdopted = false;
  #clusterTold = Number.NEGATIVE_INFINITY;
  readonly #troubles = new TroubleOnce();
  #done = 0;
  #lastDraw = 0;
  #lastLine: number;
  #linesSaid = 0;
  readonly #ticking: NodeJS.Timeout;

  constructor(nodes: readonly ActionNode[], stream: NodeJS.WriteStream, options: ProgressOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#isLive = isLive(stream);
    this.#live = new LiveLine(stream);
    this.#started = this.#now();
    this.#lastLine = this.#started;
    this.#total = nodes.length;
    this.#outlook = new Outlook(nodes.length > MOST_FORETOLD ? [] : nodes, options.jobs, options.durations);
    for (const { stage } of nodes) {
      const state = this.#stages.get(stage.name);
      if (state === undefined) this.#stages.set(stage.name, { total: 1, done: 0, executed: 0, failed: 0, seconds: 0 });
      else state.total++;
    }
    this.#ticking = setInterval(this.tick, TICK_MS).unref();
    stream.on('resize', this.#redraw);
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
        this.#elsewhere.set(event.target, 0);
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
        this.#outlook.ended(event.target);
        this.#finish(event.stage, 0);
        break;
      case 'action-started':
        this.#awaited.delete(event.target);
        if (this.#elsewhere.has(event.target)) break;
        this.#running.set(event.target, 0);
        this.#outlook.begun(event.target, this.#elapsed());
        break;
      case 'action-progress':
        if (this.#elsewhere.has(event.target)) {
          this.#elsewhere.set(event.target, event.fraction);
          break;
        }
        this.#running.set(event.target, event.fraction);
        this.#outlook.progressed(event.target, event.fraction);
        break;
      case 'action-finished':
        this.#leave(event.target);
        this.#outlook.ended(event.target, event.seconds);
        this.#rate.count(this.#elapsed());
        this.#finish(event.stage, event.seconds);
        break;
      case 'action-failed':
        this.#leave(event.target);
        if (event.retryIn === undefined) this.#outlook.ended(event.target);
        else this.#outlook.failed(event.target);
        this.#fail(event);
        break;
      case 'action-not-needed':
        this.#stages.get(event.stage)!.total--;
        this.#total--;
        this.#outlook.ended(event.target);
        break;
      case 'action-skipped':
        this.#awaited.delete(event.target);
        this.#leave(event.target);
        this.#outlook.ended(event.target);
        break;
    }
    this.#draw();
  };

  /** Looks at the clock: the live line goes on while nothing happens, and a log hears that the run does. */
  readonly tick = (): void => {
    if (this.#isLive) this.#draw();
    else if (this.#now() - this.#lastLine >= (this.#linesSaid === 0 ? FIRST_LINE_MS : LINE_MS)) {
      this.#linesSaid++;
      this.#say(progressInLog(this.#standing()));
    }
  };

  /** Removes the live line. */
  close(): void {
    clearInterval(this.#ticking);
    this.#stream.off('resize', this.#redraw);
    this.#live.erase();
  }

  #leave(target: string): void {
    this.#running.delete(target);
    this.#elsewhere.delete(target);
  }

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
    const now = this.#now();
    if (this.#isLive || now - this.#clusterTold < LINE_MS) return;
    this.#clusterTold = now;
    const words = clusterWords(state, [...this.#elsewhere.values()]);
    if (words !== '') this.#say(`${this.#done}/${this.#total} · ${words}`);
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

  #fail(event: FailedEvent): void {
    const { target, failure, retryIn } = event;
    if (failure.kind === 'damaged-input') {
      this.#say(`${paint('yellow', '!', this.#stream)} ${target}: ${failure.message}: computing it again`);
      return;
    }
    const state = this.#stages.get(event.stage)!;
    const brief = state.failed >= SHOWN_IN_FULL;
    if (retryIn === undefined) state.failed++;
    const { invocation } = this.#options;
    for (const line of failureWords(event, this.#stream, { brief, invocation })) this.#say(line);
  }

  #say(line: string): void {
    this.#live.say(line);
    this.#lastLine = this.#now();
  }

  readonly #elapsed = (): number => (this.#now() - this.#started) / 1000;

  #standing(): Standing {
    const elapsed = this.#elapsed();
    const cluster = this.#cluster === undefined ? '' : clusterWords(this.#cluster, [...this.#elsewhere.values()]);
    // How long others take is not to be told from what runs here.
    const isAlone = this.#cluster === undefined && elapsed >= BEFORE_ANY_GUESS;
    return {
      done: this.#done,
      total: this.#total,
      elapsed,
      rate: this.#rate.at(elapsed),
      left: isAlone ? this.#outlook.left(elapsed) : undefined,
      elsewhere: [
        ...(cluster === '' ? [] : [cluster]),
        ...(this.#awaited.size > 0 ? [`${this.#awaited.size} in another run`] : []),
      ],
      running: [...this.#running],
    };
  }

  #draw(): void {
    if (!this.#isLive || this.#now() - this.#lastDraw < REDRAW_MS) return;
    this.#redraw();
  }

  readonly #redraw = (): void => {
    if (!this.#isLive) return;
    this.#lastDraw = this.#now();
    this.#live.draw((columns) => progressLine(this.#standing(), columns));
  };
}
