import type { Rational } from '../numeric/rational.ts';
import type { Policy } from '../policy/policy.ts';
import { MAXIMUM_NARROW } from '../random/narrowDraw.ts';
import type { StreamPair } from '../random/stream.ts';
import {
  BLOCK,
  CHANGE_BYTES,
  DRAWN,
  EVENT,
  LARGE_TABLES_BYTES,
  LENGTHS,
  LEVEL_BYTES,
  LEVELS_AT,
  LIMIT,
  LONGEST,
  MODULUS,
  PIECES,
  QUEUES,
  REFINEMENTS,
  RNG,
  SORTED,
} from './kernelLayout.ts';
import { instantiateKernel, type KernelExports, releaseKernel } from './kernelModule.ts';
import { narrowTableBytes, setLarge, setNarrowTables, setWideTables, wideTableBytes } from './kernelTables.ts';
import { SimulationError } from './simulationError.ts';

const PAGE = 65_536;

/** Queue lengths stay below this: 2^20 levels of 32 bytes. */
export const MAXIMUM_LEVELS = 1 << 20;
/** Tail counts have 32 bits. */
export const MAXIMUM_QUEUES = 1e9;
/** From so many queues on the tail counts alone are kept; tuned by bench/kernel.mjs. */
const LARGE = 50_000;
/** Levels that stay free above the longest queue at the start of a block; tuned by bench/kernel.mjs. */
const HEADROOM = 1024;
const LARGE_HEADROOM = 8192;
/** Events between two tables of assembly/large.ts: a table costs as many events as it leaves open. */
const largeBlock = (n: number): number => Math.max(64, Math.floor(Math.sqrt(n)));
/** β of a level at which nothing migrates. */
const NEVER = 0x7fff_ffff;
/** Events of one call into the kernel. */
const CALL = 1 << 18;

export interface KernelOptions {
  readonly n: number;
  readonly lambda: Rational;
  readonly policy: Pick<Policy, 'd' | 'K' | 'beta'>;
  readonly rng: StreamPair;
  /** Which of the event loops, by default the fastest for n. Each has draws of its own. */
  readonly loop?: EventLoop;
}

/** Tail counts in the lanes of a register, of 8 bits for n ≤ 254 and of 16 beyond; tail counts alone. */
export type EventLoop = 'narrow' | 'wide' | 'large';

export const loopFor = (n: number): EventLoop => (n <= MAXIMUM_NARROW ? 'narrow' : n < LARGE ? 'wide' : 'large');

/** What has been counted at levels 0 … length − 1 since event 0. */
export interface LevelCounts {
  readonly event: number;
  /** ∑ over events of m_i as the event found it. */
  readonly integral: Float64Array;
  /** Arrivals that stayed at length i − 1. */
  readonly stays: Float64Array;
  /** Arrivals that migrated to a queue of length i. */
  readonly migrations: Float64Array;
  /** m_i now. */
  readonly tails: Float64Array;
}

/** One instance of the kernel and its memory: n queues, the generator and what was counted. */
export class KernelMemory {
  readonly #kernel: KernelExports;
  readonly #options: KernelOptions;
  readonly #levelsAt: number;
  readonly #headroom: number;
  #view!: DataView;
  #levels = 0;

  /** All queues empty at event 0. */
  constructor(options: KernelOptions) {
    const { n, lambda, policy, rng } = options;
    this.#kernel = instantiateKernel();
    this.#options = options;
    const { loop = loopFor(n) } = options;
    const tablesAt = align(LENGTHS + 4 * n, 16);
    const end = {
      narrow: tablesAt + narrowTableBytes(n),
      wide: tablesAt + wideTableBytes(n),
      large: LENGTHS + LARGE_TABLES_BYTES,
    }[loop];
    this.#levelsAt = align(end, LEVEL_BYTES);
    this.#headroom = Math.max(loop === 'large' ? LARGE_HEADROOM : HEADROOM, 2 * policy.K);
    this.#reserve(2 * this.#headroom);

    const view = this.#view;
    this.#setRng(rng);
    view.setBigUint64(MODULUS, lambda.num + lambda.den, true);
    view.setUint32(QUEUES, n, true);
    view.setUint32(PIECES, policy.K, true);
    view.setUint32(LEVELS_AT, this.#levelsAt, true);
    const block = Math.floor(this.#headroom / policy.K);
    view.setUint32(BLOCK, loop === 'large' ? Math.min(block, largeBlock(n)) : block, true);
    if (loop === 'narrow') setNarrowTables(view, tablesAt, options);
    else if (loop === 'wide') setWideTables(view, tablesAt, options);
    else setLarge(view, options);
    view.setUint32(this.#levelsAt, n, true);
  }

  /** Lets another simulation have the instance; this object must not be used again. */
  release(): void {
    releaseKernel(this.#kernel);
  }

  get event(): number {
    return Number(this.#view.getBigUint64(EVENT, true));
  }

  /** The generators before the draws of the block that the next event is in; `event` tells where in it. */
  get rng(): StreamPair {
    const words = (lane: number) => [0, 16, 32, 48].map((at) => this.#view.getBigUint64(RNG + at + lane, true));
    const refinements = this.#view.getBigUint64(REFINEMENTS, true);
    return { origins: words(0), samples: words(8), refinements } as unknown as StreamPair;
  }

  /** m_i. */
  tail(i: number): number {
    return i < this.#levels ? this.#view.getUint32(this.#levelsAt + LEVEL_BYTES * i, true) : 0;
  }

  /** The longest queue. */
  get longest(): number {
    let longest = this.#view.getUint32(LONGEST, true);
    while (this.tail(longest) === 0) longest--;
    while (this.tail(longest + 1) > 0) longest++;
    return longest;
  }

  /** The shortest queue. */
  get shortest(): number {
    const { n } = this.#options;
    let shortest = 0; // every queue has as many
    let above = this.#levels;
    while (above - shortest > 1) {
      const middle = (shortest + above) >>> 1;
      if (this.tail(middle) === n) shortest = middle;
      else above = middle;
    }
    return shortest;
  }

  /** Jobs in the system. */
  get jobs(): number {
    return this.#kernel.jobs();
  }

  /** ∑ over events so far of the jobs in the system: n times the mean queue times the events. */
  get jobsIntegral(): number {
    return this.#kernel.jobsIntegral();
  }

  /** Simulates up to event `until`. Throws a SimulationError when a queue outgrows MAXIMUM_LEVELS. */
  runTo(until: number): void {
    let done = this.event;
    while (done < until) {
      const asked = Math.min(CALL, until - done);
      const ran = this.#kernel.run(asked);
      done += ran;
      if (ran < asked) this.#reserve(2 * this.#levels);
    }
  }

  /** Sets the tail counts m_0 = n ≥ m_1 ≥ …, the event number and the generator; counts are kept. */
  setState(tails: ArrayLike<number>, event: number, rng: StreamPair): void {
    this.#reserve(tails.length + this.#headroom);
    const view = this.#view;
    view.setBigUint64(EVENT, BigInt(event), true);
    this.#setRng(rng);
    for (let i = 0; i < this.#levels; i++) {
      view.setUint32(this.#levelsAt + LEVEL_BYTES * i, i < tails.length ? tails[i] : 0, true);
    }
    let length = tails.length - 1;
    while (tails[length] === 0) length--;
    view.setUint32(LONGEST, length, true);
    view.setUint32(SORTED, 0, true);
  }

  /** The counts of every level that was ever reached. */
  counts(): LevelCounts {
    const view = this.#view;
    const event = this.event;
    let length = this.#levels;
    while (length > 1 && !this.#touched(length - 1)) length--;
    const integral = new Float64Array(length);
    const stays = new Float64Array(length);
    const migrations = new Float64Array(length);
    const tails = new Float64Array(length);
    for (let i = 0; i < length; i++) {
      const at = this.#levelsAt + LEVEL_BYTES * i;
      tails[i] = view.getUint32(at, true);
      // m_i(T)·T + ∑ lowered − ∑ raised; the sums wrap at 2^64, the result does not
      integral[i] = Number(BigInt.asUintN(64, view.getBigInt64(at + 8, true) + BigInt(tails[i]) * BigInt(event)));
      stays[i] = this.#count(at + 16);
      migrations[i] = this.#count(at + 24);
    }
    return { event, integral, stays, migrations, tails };
  }

  /** Arrivals and, among them, migrations since event 0. */
  get totals(): { arrivals: number; migrations: number } {
    let stays = 0;
    let migrations = 0;
    for (let i = 0; i < this.#levels; i++) {
      const at = this.#levelsAt + LEVEL_BYTES * i;
      stays += this.#count(at + 16);
      migrations += this.#count(at + 24);
    }
    return { arrivals: stays + migrations, migrations };
  }

  /** The raw counters of each level reached, 32 bytes a level: what a checkpoint keeps. */
  exportLevels(): Uint8Array {
    let length = this.#levels;
    while (length > 1 && !this.#touched(length - 1)) length--;
    return new Uint8Array(this.#kernel.memory.buffer, this.#levelsAt, length * LEVEL_BYTES).slice();
  }

  /** The inverse of exportLevels. β is not taken from the bytes. */
  importLevels(bytes: Uint8Array, event: number, rng: StreamPair): void {
    const source = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const tails = Array.from({ length: bytes.byteLength / LEVEL_BYTES }, (_, i) =>
      source.getUint32(LEVEL_BYTES * i, true),
    );
    this.setState(tails, event, rng);
    for (let i = 0; i < tails.length; i++) {
      for (const offset of [8, 16, 24]) {
        const word = source.getBigUint64(LEVEL_BYTES * i + offset, true);
        this.#view.setBigUint64(this.#levelsAt + LEVEL_BYTES * i + offset, word, true);
      }
    }
  }

  #setRng(rng: StreamPair): void {
    this.#view.setUint32(DRAWN, 0, true);
    this.#view.setBigUint64(REFINEMENTS, rng.refinements, true);
    for (let i = 0; i < 4; i++) {
      this.#view.setBigUint64(RNG + 16 * i, rng.origins[i], true);
      this.#view.setBigUint64(RNG + 16 * i + 8, rng.samples[i], true);
    }
  }

  /** Whether anything but β is set. */
  #touched(i: number): boolean {
    const at = this.#levelsAt + LEVEL_BYTES * i;
    const view = this.#view;
    if (view.getUint32(at, true) !== 0) return true;
    for (let word = 8; word < LEVEL_BYTES; word += 4) if (view.getUint32(at + word, true) !== 0) return true;
    return false;
  }

  /** A count, which is below 2^53. */
  #count(at: number): number {
    return this.#view.getUint32(at, true) + 2 ** 32 * this.#view.getUint32(at + 4, true);
  }

  /** Grows memory to `levels` levels and fills their β. */
  #reserve(levels: number): void {
    if (levels <= this.#levels) return;
    if (levels > MAXIMUM_LEVELS) {
      throw new SimulationError(
        'overflow',
        `a queue outgrew ${MAXIMUM_LEVELS - this.#headroom} jobs at event ${this.#view ? this.event : 0}: ` +
          'the system is unstable at this arrival rate; simulate fewer events or a smaller lambda',
      );
    }
    const memory = this.#kernel.memory;
    const missing = this.#levelsAt + levels * (LEVEL_BYTES + CHANGE_BYTES) - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    this.#view = new DataView(memory.buffer);
    for (let i = this.#levels; i < levels; i++) {
      const beta = Math.min(NEVER, this.#options.policy.beta(i));
      this.#view.setUint32(this.#levelsAt + LEVEL_BYTES * i + 4, beta, true);
    }
    this.#levels = levels;
    this.#view.setUint32(LIMIT, levels, true);
  }
}

const align = (address: number, to: number): number => Math.ceil(address / to) * to;
