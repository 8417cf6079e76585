import { type MserResult, mser5 } from '../stats/mser.ts';
import { checkContinues, decodeCheckpoint, encodeCheckpoint, type SimulationState } from './checkpoint.ts';
import { Grid, gridInterval } from './grid.ts';
import { KernelMemory, type LevelCounts } from './kernelMemory.ts';
import { type ResolvedOptions, resolveOptions, type SimulateOptions } from './options.ts';
import { type SteadyStateEstimates, summarize } from './summary.ts';

export type { SimulateOptions } from './options.ts';

export interface SimulateHooks {
  /** Called about every `every` events (default 2^22) and at the end. */
  readonly onProgress?: (event: number, events: number) => void;
  readonly every?: number;
  /** Looked at as often; an aborted signal throws its reason. */
  readonly signal?: AbortSignal;
  /** Receives a checkpoint as often as progress is reported, before the end. */
  readonly onCheckpoint?: (checkpoint: Uint8Array, event: number) => void;
}

export interface SimulationResult extends SteadyStateEstimates {
  readonly events: number;
  readonly warmup: number;
  /** Jobs per queue at event 0, h, 2h, …, and the expected time of these events. */
  readonly path: { readonly time: Float64Array; readonly meanQueue: Float64Array };
  /** Means of the queue length over consecutive batches of `events` events, those that end within the warm-up left out. */
  readonly batches: { readonly events: number; readonly meanQueue: Float64Array };
  /** MSER-5 over all batches, those of the warm-up included: a diagnostic, no number here depends on it. */
  readonly mser: MserResult & { readonly truncationEvents: number };
  /** The state after the last event: `resume` for a longer run, which then equals a straight one bit for bit. */
  readonly checkpoint: Uint8Array;
}

/** Between 512 and 1024 batches. */
const BATCHES = 1024;
const DEFAULT_EVERY = 2 ** 22;

/**
 * Simulates the embedded chain of n queues under a threshold policy (science brief §1) and returns time averages after the
 * warm-up. A deterministic function of its options: no clock, no Math.random.
 *
 * Throws a SimulationError for an option out of range, a queue that outgrows memory (an unstable system run for long) or a
 * checkpoint that does not fit, and a PolicyError for a policy that does not exist.
 */
export function simulate(options: SimulateOptions, hooks: SimulateHooks = {}): SimulationResult {
  const resolved = resolveOptions(options);
  const run = new Run(resolved, options.resume);
  try {
    run.toEnd(hooks);
    return run.result();
  } finally {
    run.release();
  }
}

class Run {
  readonly #options: ResolvedOptions;
  readonly #kernel: KernelMemory;
  readonly #snapshots: LevelCounts[];
  readonly #path: Grid;
  readonly #batches: Grid;

  constructor(options: ResolvedOptions, resume: Uint8Array | undefined) {
    this.#options = options;
    this.#kernel = new KernelMemory(options);
    const state = resume ? this.#restore(resume) : undefined;
    if (!state) this.#kernel.setState(options.initialTails, 0, options.rng);
    const { events, pathPoints, n } = options;
    this.#path = new Grid(events, pathPoints, state?.path ?? { interval: 1, values: [this.#kernel.jobs / n] });
    this.#batches = new Grid(events, BATCHES, state?.batches ?? { interval: 1, values: [0] });
    this.#snapshots = state ? [...state.snapshots] : [this.#kernel.counts()];
  }

  #restore(resume: Uint8Array): SimulationState {
    const { identity, events, pathPoints } = this.#options;
    const state = decodeCheckpoint(resume);
    checkContinues(state, identity, events, {
      path: gridInterval(events, pathPoints),
      batches: gridInterval(events, BATCHES),
    });
    this.#kernel.importLevels(state.levels, state.event, state.rng);
    return state;
  }

  release(): void {
    this.#kernel.release();
  }

  toEnd({ onProgress, onCheckpoint, signal, every = DEFAULT_EVERY }: SimulateHooks): void {
    const { events } = this.#options;
    const kernel = this.#kernel;
    let event = kernel.event;
    let report = event + every;
    signal?.throwIfAborted();
    while (event < events) {
      const stops = [this.#path.nextAfter(event), this.#batches.nextAfter(event), this.#nextSnapshot(event), report];
      const stop = Math.min(events, ...stops);
      kernel.runTo(stop);
      event = stop;
      if (event % this.#path.interval === 0) this.#path.values.push(kernel.jobs / this.#options.n);
      if (event % this.#batches.interval === 0) this.#batches.values.push(kernel.jobsIntegral);
      if (this.#nextSnapshot(event - 1) === event) this.#snapshots.push(kernel.counts());
      if (event === report && event < events) {
        report = event + every;
        onProgress?.(event, events);
        onCheckpoint?.(this.#checkpoint(), event);
        signal?.throwIfAborted();
      }
    }
    onProgress?.(events, events);
  }

  /** The first power of two, or explicit warm-up, after `event`. */
  #nextSnapshot(event: number): number {
    const { warmup, explicitWarmup } = this.#options;
    if (explicitWarmup) return warmup > event ? warmup : Number.POSITIVE_INFINITY;
    return event < 1 ? 1 : 2 ** (Math.floor(Math.log2(event)) + 1);
  }

  #checkpoint(): Uint8Array {
    const kernel = this.#kernel;
    return encodeCheckpoint({
      identity: this.#options.identity,
      event: kernel.event,
      rng: kernel.rng,
      levels: kernel.exportLevels(),
      snapshots: this.#snapshots,
      path: this.#path,
      batches: this.#batches,
    });
  }

  result(): SimulationResult {
    const { n, arrivalRate, policy, events, warmup } = this.#options;
    const from = this.#snapshots.find(({ event }) => event === warmup)!;
    const estimates = summarize({ n, lambda: arrivalRate, K: policy.K, from, to: this.#kernel.counts() });
    const { interval } = this.#batches;
    const integrals = this.#batches.values;
    const all = Float64Array.from({ length: integrals.length - 1 }, (_, k) => {
      return (integrals[k + 1] - integrals[k]) / (interval * n);
    });
    const mser = mser5(all);
    return {
      ...estimates,
      events,
      warmup,
      path: {
        time: Float64Array.from(this.#path.values, (_, k) => (k * this.#path.interval) / (n * (1 + arrivalRate))),
        meanQueue: Float64Array.from(this.#path.values),
      },
      batches: { events: interval, meanQueue: all.slice(Math.ceil(warmup / interval)) },
      mser: { ...mser, truncationEvents: mser.truncation * interval },
      checkpoint: this.#checkpoint(),
    };
  }
}
