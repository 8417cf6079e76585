import type { RunEvent } from './events.ts';

/** The first line of what a run tells: which study it is of, and what was asked for. */
export interface LiveHead {
  readonly run: string;
  readonly startedAt: string;
  /** The study's main file, by its name: studies of one folder share a store. */
  readonly file: string;
  readonly profile: string | null;
  readonly set: Readonly<Record<string, string>>;
  readonly targets: readonly string[];
  readonly jobs: number;
  /** Of plan and kinds: what the run is told of is known to whoever has the same. */
  readonly study: string;
  readonly actions: number;
  /** Of `driftline watch`, which goes on when it is asked to stop this run. */
  readonly watched?: boolean;
}

/** What became of actions, in short: there are as many of these as actions. */
export type LiveEvent =
  | readonly ['cached', ...targets: string[]]
  | readonly ['awaited' | 'queued' | 'not-needed' | 'skipped', target: string]
  | readonly ['started', target: string, attempt: number]
  | readonly ['progress', target: string, fraction: number]
  | readonly ['done', target: string, seconds: number, log?: string]
  | readonly ['failed', target: string, attempt: number, message: string, retryIn: number | null, log: string];

/** The last line, of a run that was not broken off. */
export interface LiveEnd {
  readonly seconds: number;
  readonly executed: number;
  readonly cached: number;
  readonly failed: number;
  readonly skipped: number;
  readonly interrupted: boolean;
}

/** A line: the head, events up to a number of seconds after the start, or the end. */
export type LiveLine =
  | { readonly head: LiveHead }
  | { readonly at: number; readonly events: readonly LiveEvent[] }
  | { readonly end: LiveEnd };

/** Characters of what an action printed that are kept for whoever looks: the last ones. */
const LOG_KEPT = 4000;

/** An event in short; undefined for what is not about an action. */
export function liveEvent(event: RunEvent): LiveEvent | undefined {
  switch (event.type) {
    case 'action-cached':
      return ['cached', event.target];
    case 'action-awaited':
      return ['awaited', event.target];
    case 'action-queued':
      return ['queued', event.target];
    case 'action-not-needed':
      return ['not-needed', event.target];
    case 'action-skipped':
      return ['skipped', event.target];
    case 'action-started':
      return ['started', event.target, event.attempt];
    case 'action-progress':
      return ['progress', event.target, event.fraction];
    case 'action-finished': {
      const done = ['done', event.target, event.seconds] as const;
      return event.log ? [...done, tail(event.log)] : done;
    }
    case 'action-failed': {
      const { target, attempt, failure, retryIn = null, log = '' } = event;
      return [
        'failed',
        target,
        attempt,
        tail([failure.message, failure.stack ?? ''].join('\n').trimEnd()),
        retryIn,
        tail(log),
      ];
    }
    default:
      return undefined;
  }
}

const tail = (text: string): string => (text.length > LOG_KEPT ? `…${text.slice(-LOG_KEPT)}` : text);

/** Gathers events into lines: hits in a row are one event, and of an action's progress only the last counts. */
export class LiveLines {
  #events: LiveEvent[] = [];
  #hits: ['cached', ...string[]] | undefined;
  readonly #progress = new Map<string, number>();
  #size = 0;

  /** Characters that wait, about. */
  get size(): number {
    return this.#size;
  }

  add(event: LiveEvent): void {
    const [kind, target] = event;
    this.#size += target.length + 16;
    for (const words of event.slice(2)) if (typeof words === 'string') this.#size += words.length;
    if (kind === 'cached') {
      this.#progress.delete(target);
      if (this.#hits === undefined) {
        this.#hits = ['cached', target];
        this.#events.push(this.#hits);
      } else this.#hits.push(target);
      return;
    }
    const before = kind === 'progress' ? this.#progress.get(target) : undefined;
    if (before !== undefined) {
      this.#events[before] = event;
      return;
    }
    if (kind === 'progress') this.#progress.set(target, this.#events.length);
    else this.#progress.delete(target);
    this.#hits = undefined;
    this.#events.push(event);
  }

  /** What was gathered, as a line; undefined where that is nothing. */
  take(at: number): LiveLine | undefined {
    if (this.#events.length === 0) return undefined;
    const line = { at: Math.round(at * 1000) / 1000, events: this.#events };
    this.#events = [];
    this.#hits = undefined;
    this.#progress.clear();
    this.#size = 0;
    return line;
  }
}

/** A line as it was read; undefined for what is none. It is state on disk, so its form is looked at. */
export function parseLive(text: string): LiveLine | undefined {
  try {
    const line = JSON.parse(text) as Partial<Record<'head' | 'events' | 'end', unknown>> | null;
    const { head, events, end } = line ?? {};
    if (Array.isArray(events)) return events.every(isEvent) ? (line as LiveLine) : undefined;
    return isHead(head) || isEnd(end) ? (line as LiveLine) : undefined;
  } catch {
    return undefined;
  }
}

function isHead(value: unknown): boolean {
  const { run, startedAt, file, study, profile, set, targets, actions, watched } = Object(value) as Partial<LiveHead>;
  return (
    [run, startedAt, file, study].every((text) => typeof text === 'string') &&
    (profile === null || typeof profile === 'string') &&
    typeof set === 'object' &&
    set !== null &&
    Object.values(set).every((text) => typeof text === 'string') &&
    Array.isArray(targets) &&
    targets.every((target) => typeof target === 'string') &&
    typeof actions === 'number' &&
    (watched === undefined || typeof watched === 'boolean')
  );
}

const isEnd = (value: unknown): boolean => {
  const { seconds, executed, cached, failed, skipped } = Object(value) as Partial<LiveEnd>;
  return [seconds, executed, cached, failed, skipped].every((number) => typeof number === 'number');
};

const KINDS: ReadonlySet<unknown> = new Set<LiveEvent[0]>([
  'cached',
  'awaited',
  'queued',
  'not-needed',
  'skipped',
  'started',
  'progress',
  'done',
  'failed',
]);

const isEvent = (event: unknown): boolean => {
  if (!Array.isArray(event) || !KINDS.has(event[0]) || typeof event[1] !== 'string') return false;
  if (event[0] === 'failed') return typeof event[3] === 'string' && typeof event[5] === 'string';
  return !['progress', 'done'].includes(event[0]) || typeof event[2] === 'number';
};

/** The lease that a run holds while it lives. */
export const leaseOfRun = (run: string): string => RUN + run;

/** The run that a lease is of; undefined for what is no lease of a run. */
export const runOfLease = (name: string): string | undefined =>
  name.startsWith(RUN) ? name.slice(RUN.length) : undefined;

const RUN = 'run.';
