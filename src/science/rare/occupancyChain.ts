import { integerPower } from '../numeric/power.ts';
import type { Policy } from '../policy/policy.ts';
import type { Xoshiro128pp } from '../random/xoshiro128pp.ts';

/** Queue lengths stay below this. */
const LEVELS = 4096;

/** A queue grew beyond what is kept: the system is unstable, or the run far too long. */
export class TooLongError extends RangeError {
  override readonly name = 'TooLongError';
}

/**
 * The embedded chain of n queues in its tail counts m_i, one event at a time, with states that can be taken and put back:
 * what splitting needs and the kernel, made for long runs, does not give; the times spent at each level are summed on change. It is written independently of the kernel.
 */
export class OccupancyChain {
  /** m_i: queues with i jobs or more; m_0 = n. */
  readonly counts = new Int32Array(LEVELS + 1);
  readonly #arrival: number;
  readonly #n: number;
  readonly #K: number;
  readonly #beta: Float64Array;
  /** (j/n)^d: the probability that all d samples are among j given queues. */
  readonly #allAmong: Float64Array;
  readonly #random: Xoshiro128pp;
  #longest = 0;
  #jobs = 0;
  /** Of each event that is counted from here on. */
  weight = 1;
  /** Weighted events since the last `takeTimes`; a change of m_i at one is entered with how long the old value stood. */
  #clock = 0;
  readonly #area = new Float64Array(LEVELS + 1);
  readonly #since = new Float64Array(LEVELS + 1);
  /** Weighted events that found the longest queue so long. */
  readonly #found = new Float64Array(LEVELS + 1);

  /** All queues empty. λ > 0. */
  constructor(n: number, lambda: number, policy: Policy, random: Xoshiro128pp) {
    const { d, K } = policy;
    this.#n = n;
    this.#arrival = lambda / (1 + lambda);
    this.#K = K;
    this.#random = random;
    this.#beta = Float64Array.from({ length: LEVELS + 1 }, (_, m) => policy.beta(m));
    this.#allAmong = Float64Array.from({ length: n + 1 }, (_, j) => {
      if (d === 'all') return j === n ? 1 : 0;
      return integerPower(j / n, d);
    });
    this.counts[0] = n;
  }

  /** The longest queue. */
  get longest(): number {
    return this.#longest;
  }

  /** Jobs in all queues. */
  get jobs(): number {
    return this.#jobs;
  }

  /** The state: m_0 … m_longest. */
  save(): Int32Array {
    return this.counts.slice(0, this.#longest + 1);
  }

  restore(state: Int32Array): void {
    for (let i = 0; i <= this.#longest; i++) this.#enter(i);
    this.counts.fill(0, state.length, this.#longest + 1);
    this.counts.set(state);
    this.#longest = state.length - 1;
    this.#jobs = state.reduce((sum, count) => sum + count, 0) - this.#n;
    this.#since.fill(this.#clock, 0, state.length);
  }

  /** Weighted sums over the events since the last call, of m_i and of whether the longest queue had i jobs or more. */
  takeTimes(): { readonly queue: Float64Array; readonly longest: Float64Array } {
    for (let i = 0; i <= this.#longest; i++) this.#enter(i);
    let length = LEVELS + 1;
    while (length > 1 && this.#found[length - 1] === 0) length--;
    const queue = this.#area.slice(0, length);
    const longest = this.#found.slice(0, length);
    for (let i = length - 2; i >= 0; i--) longest[i] += longest[i + 1];
    this.#clock = 0;
    for (const array of [this.#area, this.#since, this.#found]) array.fill(0);
    return { queue, longest };
  }

  #enter(i: number): void {
    this.#area[i] += this.counts[i] * (this.#clock - this.#since[i]);
    this.#since[i] = this.#clock;
  }

  #raise(i: number): void {
    this.#enter(i);
    this.counts[i]++;
    this.#jobs++;
  }

  /** One event: an arrival at a uniform queue, or a potential departure from one. */
  step(): void {
    const { counts } = this;
    this.#found[this.#longest] += this.weight;
    this.#clock += this.weight;
    const isArrival = this.#random.uniform() < this.#arrival;
    const position = Math.floor(this.#random.uniform() * this.#n);
    let q = 0; // the length at that position, longest first
    while (counts[q + 1] > position) q++;
    if (!isArrival) {
      if (q === 0) return;
      this.#enter(q);
      counts[q]--;
      this.#jobs--;
      if (q === this.#longest && counts[q] === 0) this.#longest--;
      return;
    }
    const v = this.#random.uniform();
    let m = 0; // the shortest sampled: P(≥ m) = (m_m/n)^d
    while (v < this.#allAmong[counts[m + 1]]) m++;
    if (q < this.#beta[m]) this.#raise(++q);
    else for (q = m; q < m + this.#K; ) this.#raise(++q);
    if (q > this.#longest) this.#longest = q;
    if (q + this.#K >= LEVELS)
      throw new TooLongError(`a queue has ${q} jobs: the system is unstable at this arrival rate`);
  }
}
