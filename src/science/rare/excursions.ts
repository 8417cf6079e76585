import type { Xoshiro128pp } from '../random/xoshiro128pp.ts';
import type { OccupancyChain } from './occupancyChain.ts';

/** A chain that climbs, its random numbers, and how high it is: an integer. */
export interface Climber {
  readonly chain: OccupancyChain;
  readonly random: Xoshiro128pp;
  height(): number;
}

/** Heights to be reached one after another, from the base on; `fall` of them lost, a trajectory may end. */
export interface Ladder {
  /** Infinity for the last stage, which goes on without a height above it; `rate` is that of its beginnings. */
  rung(stage: number, rate: number): number;
  readonly fall: number;
}

/** Of those that have fallen so far, and each time they fall as far again, one in so many goes on. */
const SURVIVAL = 4;

/** Weighted events in which m_i queues had i jobs, and in which the longest queue had i. */
export interface Times {
  readonly queue: Float64Array;
  readonly longest: Float64Array;
}

export interface Plain extends Times {
  /** States in which the chain had just risen to the base. */
  readonly rises: Int32Array[];
}

/** A plain run after a warm-up of a quarter; the times are those below the base. */
export function plainRun({ chain, height }: Climber, events: number, base: number): Plain {
  for (let event = 0; event < events / 4; event++) chain.step();
  chain.takeTimes();
  const rises: Int32Array[] = [];
  for (let event = 0; event < events; event++) {
    const isBelow = height() < base;
    chain.weight = isBelow ? 1 : 0;
    chain.step();
    if (isBelow && height() >= base) rises.push(chain.save());
  }
  chain.weight = 1;
  return { ...chain.takeTimes(), rises };
}

/** The height that a plain run finds reached in less than the given fraction of its events, at least 1. */
export function baseOf({ chain, height }: Climber, events: number, fraction: number): number {
  for (let event = 0; event < events / 4; event++) chain.step();
  const found: number[] = [];
  for (let event = 0; event < events; event++) {
    chain.step();
    found[height()] = (found[height()] ?? 0) + 1;
  }
  let base = found.length;
  for (let above = 0; base > 1; base--) {
    above += found[base - 1] ?? 0;
    if (above >= fraction * events) break;
  }
  return base;
}

/** Time above the base per event of the plain run, by excursions that are split at each rung of the ladder. */
export function excursions(
  climber: Climber,
  ladder: Ladder,
  given: {
    readonly base: number;
    readonly effort: number;
    readonly rises: readonly Int32Array[];
    readonly rate: number;
  },
): { queue: number[]; longest: number[] } {
  const { chain } = climber;
  const { base, effort } = given;
  const [queue, longest]: [number[], number[]] = [[], []];
  let { rises, rate } = given;
  chain.takeTimes();
  for (let stage = 0; rises.length > 0; stage++) {
    const next = ladder.rung(stage + 1, rate);
    const weight = rate / effort;
    const reached: Int32Array[] = [];
    for (let trajectory = 0; trajectory < effort; trajectory++) {
      chain.restore(drawn(climber, rises));
      climb(climber, ladder, { base, stage, next });
      if (climber.height() >= next) for (let copy = 0; copy < chain.weight; copy++) reached.push(chain.save());
    }
    chain.weight = 1;
    const spent = chain.takeTimes();
    for (let i = 0; i < spent.queue.length; i++) {
      queue[i] = (queue[i] ?? 0) + weight * spent.queue[i];
      longest[i] = (longest[i] ?? 0) + weight * spent.longest[i];
    }
    rate = weight * reached.length;
    rises = reached;
  }
  return { queue, longest };
}

/** From where the chain stands until it is below the base, reaches the next rung, or is given up; it has a weight then. */
function climb(
  { chain, random, height }: Climber,
  { rung, fall }: Ladder,
  { base, stage, next }: { readonly base: number; readonly stage: number; readonly next: number },
): void {
  chain.weight = 1;
  let below = stage - fall;
  let floor = below < 0 ? 0 : rung(below, 1);
  for (let at = height(); at >= base && at < next; at = height()) {
    chain.step();
    if (height() > floor) continue;
    if (random.uniform() * SURVIVAL >= 1) break;
    chain.weight *= SURVIVAL;
    below -= fall;
    floor = below < 0 ? 0 : rung(below, 1);
  }
}

const drawn = ({ random }: Climber, states: readonly Int32Array[]): Int32Array =>
  states[Math.floor(random.uniform() * states.length)];

/** About this fraction of trajectories reaches the next rung. */
const SUCCESS = 0.2;

/**
 * Rungs that a fifth of trajectories reach each, for heights that rise in steps too small to be rungs. Of each stage a first
 * set of trajectories finds the next rung, and a second one where they enter it. Ends with the rung above which the chain is for
 * less than a hundredth of `floor`, or that none surpasses.
 */
export function findRungs(
  climber: Climber,
  given: {
    readonly base: number;
    readonly effort: number;
    readonly rises: readonly Int32Array[];
    readonly rate: number;
    readonly floor: number;
  },
): number[] {
  const { chain, height } = climber;
  const { base, effort, floor } = given;
  let { rises, rate } = given;
  const rungs = [base];
  while (rises.length > 0) {
    const from = rungs[rungs.length - 1];
    let above = 0;
    const highest: number[] = [];
    for (let trajectory = 0; trajectory < effort; trajectory++) {
      chain.restore(drawn(climber, rises));
      let most = height();
      for (; height() >= base; chain.step()) {
        most = Math.max(most, height());
        if (height() >= from) above++;
      }
      highest.push(most);
    }
    highest.sort((a, b) => b - a);
    const next = highest[Math.ceil(effort * SUCCESS) - 1] + 1;
    if (rate * (above / effort) < floor / 100 || next <= from) break;
    const reached: Int32Array[] = [];
    for (let trajectory = 0; trajectory < effort; trajectory++) {
      chain.restore(drawn(climber, rises));
      while (height() >= base && height() < next) chain.step();
      if (height() >= next) reached.push(chain.save());
    }
    rungs.push(next);
    rate *= reached.length / effort;
    rises = reached;
  }
  return rungs;
}
