import type { StreamPair } from '../random/stream.ts';
import type { LevelCounts } from './kernelMemory.ts';
import { SimulationError } from './simulationError.ts';

/** The state of a simulation between two events, with what it has recorded so far. */
export interface SimulationState {
  readonly identity: Readonly<Record<string, string>>;
  readonly event: number;
  readonly rng: StreamPair;
  /** The kernel's levels, counters included. */
  readonly levels: Uint8Array;
  /** Counts at event 0, at powers of two and at an explicit warm-up, in order. */
  readonly snapshots: readonly LevelCounts[];
  readonly path: RecordedSeries;
  readonly batches: RecordedSeries;
}

export interface RecordedSeries {
  readonly interval: number;
  readonly values: readonly number[];
}

/** Format and version, eight bytes. */
const MAGIC = 'DRIFTSM2';

interface Head {
  identity: Record<string, string>;
  event: number;
  rng: string[];
  levels: number;
  snapshots: { event: number; levels: number }[];
  path: { interval: number; length: number };
  batches: { interval: number; length: number };
}

/** The same state gives the same bytes: magic, length of the head, head (JSON), levels, then little-endian doubles. */
export function encodeCheckpoint(state: SimulationState): Uint8Array {
  const head: Head = {
    identity: { ...state.identity },
    event: state.event,
    rng: [...state.rng.origins, ...state.rng.samples, state.rng.refinements].map((word) => word.toString(16)),
    levels: state.levels.length,
    snapshots: state.snapshots.map(({ event, integral }) => ({ event, levels: integral.length })),
    path: { interval: state.path.interval, length: state.path.values.length },
    batches: { interval: state.batches.interval, length: state.batches.values.length },
  };
  const json = new TextEncoder().encode(JSON.stringify(head));
  const series: ArrayLike<number>[] = state.snapshots.flatMap((s) => [s.integral, s.stays, s.migrations, s.tails]);
  series.push(state.path.values, state.batches.values);
  const doubles = series.reduce((sum, values) => sum + values.length, 0);
  const bytes = new Uint8Array(12 + json.length + state.levels.length + 8 * doubles);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint32(8, json.length, true);
  bytes.set(json, 12);
  let at = 12 + json.length;
  bytes.set(state.levels, at);
  at += state.levels.length;
  for (const values of series) {
    for (let i = 0; i < values.length; i++, at += 8) view.setFloat64(at, values[i], true);
  }
  return bytes;
}

/** Throws a {@link SimulationError} with code `checkpoint` when the bytes are not a whole checkpoint. */
export function decodeCheckpoint(bytes: Uint8Array): SimulationState {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const head = decodeHead(bytes, view);
  let at = 12 + view.getUint32(8, true);
  const levels = bytes.slice(at, at + head.levels);
  at += head.levels;
  const doubles = 4 * head.snapshots.reduce((sum, s) => sum + s.levels, 0) + head.path.length + head.batches.length;
  if (bytes.length !== at + 8 * doubles) throw damaged(`expected ${at + 8 * doubles} bytes, found ${bytes.length}`);
  const take = (length: number): Float64Array => {
    const values = new Float64Array(length);
    for (let i = 0; i < length; i++, at += 8) values[i] = view.getFloat64(at, true);
    return values;
  };
  const snapshots = head.snapshots.map(({ event, levels: length }) => ({
    event,
    integral: take(length),
    stays: take(length),
    migrations: take(length),
    tails: take(length),
  }));
  const path = { interval: head.path.interval, values: Array.from(take(head.path.length)) };
  const batches = { interval: head.batches.interval, values: Array.from(take(head.batches.length)) };
  const words = head.rng.map((word) => BigInt(`0x${word}`));
  const rng = {
    origins: words.slice(0, 4),
    samples: words.slice(4, 8),
    refinements: words[8],
  } as unknown as StreamPair;
  return { identity: head.identity, event: head.event, rng, levels, snapshots, path, batches };
}

function decodeHead(bytes: Uint8Array, view: DataView): Head {
  const magic = String.fromCharCode(...bytes.subarray(0, 8));
  if (bytes.length < 12 || magic !== MAGIC) throw damaged('it does not begin as one');
  const end = 12 + view.getUint32(8, true);
  try {
    return JSON.parse(new TextDecoder().decode(bytes.subarray(12, end))) as Head;
  } catch {
    throw damaged('its head cannot be read');
  }
}

const damaged = (reason: string): SimulationError =>
  new SimulationError('checkpoint', `not a checkpoint of this simulator: ${reason}; simulate from the start`);

/** Throws unless the checkpoint is of the same simulation, not ahead of `events`. */
export function checkContinues(
  state: SimulationState,
  identity: Readonly<Record<string, string>>,
  events: number,
  intervals: { path: number; batches: number },
): void {
  for (const [name, value] of Object.entries(identity)) {
    if (state.identity[name] !== value) {
      throw new SimulationError(
        'checkpoint',
        `the checkpoint is of another simulation: ${name} is ${state.identity[name]} there and ${value} here`,
      );
    }
  }
  if (state.event > events) {
    throw new SimulationError('checkpoint', `the checkpoint is at event ${state.event}, past events = ${events}`);
  }
  if (state.path.interval > intervals.path || state.batches.interval > intervals.batches) {
    throw new SimulationError(
      'checkpoint',
      `the checkpoint was made for more than ${events} events and its records are too coarse for a shorter run`,
    );
  }
}
