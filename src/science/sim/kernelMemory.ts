import type { Rational } from '../numeric/rational.ts';
import type { Policy } from '../policy/policy.ts';
import { eventDraw } from '../random/bounded.ts';
import { maximumOfUniforms } from '../random/maximumOfUniforms.ts';
import type { StreamPair } from '../random/stream.ts';
import {
  ALIAS_AT,
  ALIAS_BYTES,
  ARRIVAL_BELOW,
  BLOCK,
  EVENT,
  LENGTHS,
  LEVEL_BYTES,
  LEVELS_AT,
  LIMIT,
  LONGEST,
  MODULUS,
  PIECES,
  QUEUES,
  REJECT_BELOW,
  RNG,
  SHIFT,
} from './kernelLayout.ts';
import { instantiateKernel, type KernelExports, releaseKernel } from './kernelModule.ts';
import { SimulationError } from './simulationError.ts';

const PAGE = 65_536;

/** Queue lengths stay below this: 2^20 levels of 32 bytes. */
export const MAXIMUM_LEVELS = 1 << 20;
/** 20 bytes a queue in the kernel; its alias table takes about a microsecond a queue to build. */
export const MAXIMUM_QUEUES = 1 << 22;
/** Levels that stay free above the longest queue at the start of a block; tuned by bench/kernel.mjs. */
const HEADROOM = 1024;
/** β of a level at which nothing migrates. */
const NEVER = 0x7fff_ffff;
/** Events of one call into the kernel. */
const CALL = 1 << 24;

export interface KernelOptions {
  readonly n: number;
  readonly lambda: Rational;
  readonly policy: Pick<Policy, 'd' | 'K' | 'beta'>;
  readonly rng: StreamPair;
}

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
    const aliasAt = align(LENGTHS + 4 * n, ALIAS_BYTES);
    this.#levelsAt = align(aliasAt + ALIAS_BYTES * n, LEVEL_BYTES);
    this.#headroom = Math.max(HEADROOM, 2 * policy.K);
    this.#reserve(2 * this.#headroom);

    const view = this.#view;
    const draw = eventDraw(n, lambda);
    this.#setRng(rng);
    view.setBigUint64(ARRIVAL_BELOW, draw.arrivalBelow, true);
    view.setBigUint64(MODULUS, draw.modulus, true);
    view.setBigUint64(REJECT_BELOW, draw.rejectBelow, true);
    view.setUint32(QUEUES, n, true);
    view.setUint32(SHIFT, draw.shift, true);
    view.setUint32(PIECES, policy.K, true);
    view.setUint32(ALIAS_AT, aliasAt, true);
    view.setUint32(LEVELS_AT, this.#levelsAt, true);
    view.setUint32(BLOCK, Math.floor(this.#headroom / policy.K), true);
    const table = maximumOfUniforms(n, policy.d, draw.bits);
    for (let j = 0; j < n; j++) {
      view.setBigUint64(aliasAt + ALIAS_BYTES * j, table.accept[j], true);
      view.setUint32(aliasAt + ALIAS_BYTES * j + 8, table.alias[j], true);
    }
    view.setUint32(this.#levelsAt, n, true);
  }

  /** Lets another simulation have the instance; this object must not be used again. */
  release(): void {
    releaseKernel(this.#kernel);
  }

  get event(): number {
    return Number(this.#view.getBigUint64(EVENT, true));
  }

  get rng(): StreamPair {
    const words = (lane: number) => [0, 16, 32, 48].map((at) => this.#view.getBigUint64(RNG + at + lane, true));
    return { origins: words(0), samples: words(8) } as unknown as StreamPair;
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
    return this.#view.getUint32(LENGTHS + 4 * (this.#options.n - 1), true);
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
    for (let position = 0; position < this.#options.n; position++) {
      while (tails[length] <= position) length--;
      view.setUint32(LENGTHS + 4 * position, length, true);
    }
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
    const missing = this.#levelsAt + levels * LEVEL_BYTES - memory.buffer.byteLength;
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
