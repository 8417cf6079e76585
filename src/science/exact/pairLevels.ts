import type { ChainRates } from '../numeric/gth.ts';
import { invert } from '../numeric/lu.ts';
import type { Policy } from '../policy/policy.ts';
import { arrivalOutcomes } from './arrival.ts';

/** Two queues by the shorter one (level) and the difference (phase), whose rates no longer depend on the level from `boundary` on. */
export interface PairLevels {
  /** Levels 0 … boundary − 1 have rates of their own; at least 1. */
  readonly boundary: number;
  /** Levels that one step can rise, and that are taken as one: K. */
  readonly period: number;
  /** Phases 0 … width − 1. */
  readonly width: number;
  /** Calls `visit(level, phase, rate)` for every transition. */
  forEachTransition(level: number, phase: number, visit: (level: number, phase: number, rate: number) => void): void;
}

/** Pieces that would take the difference beyond `differences` are lost. */
export function levelProcess(policy: Policy, lambda: number, boundary: number, differences: number): PairLevels {
  const { K } = policy;
  const beta = Array.from({ length: boundary + 3 * K + differences + 1 }, (_, m) => policy.beta(m));
  const looked: Policy = { ...policy, beta: (m) => beta[m] };
  return {
    boundary,
    period: K,
    width: differences + 1,
    forEachTransition(level, phase, visit) {
      const go = (a: number, b: number, rate: number): void => {
        const shorter = Math.min(a, b);
        const difference = Math.min(differences, Math.abs(a - b));
        if (shorter !== level || difference !== phase) visit(shorter, difference, rate);
      };
      for (const [origin, other] of [
        [level + phase, level],
        [level, level + phase],
      ]) {
        if (origin > 0) go(origin - 1, other, 1);
        for (const { probability, migrates, atOrigin } of arrivalOutcomes(looked, origin, other)) {
          const pieces = migrates ? K : 1;
          if (atOrigin) go(origin + pieces, other, lambda * probability);
          else go(origin, other + pieces, lambda * probability);
        }
      }
    },
  };
}

/** How the mass of one block of levels gives that of the next. */
export interface RateMatrix {
  /** R, row-major: the law of block j + 1 is that of block j times R. */
  readonly rates: Float64Array;
  /** The boundary and the first block while all above is passed over. */
  readonly censored: ChainRates;
}

/** Doublings of the height that is looked at; 2^60 blocks are never needed. */
const DOUBLINGS = 60;
const SETTLED = 1e-17;

/**
 * R of a positive recurrent process. G, the law of the phase at the first passage one block down, by logarithmic reduction
 * (Latouche and Ramaswami, J. Appl. Prob. 30, 1993): each step doubles the height that excursions may reach, on sums and
 * products of nonnegative numbers but for the inverses of M-matrices. Null if it does not settle.
 */
export function rateMatrix(levels: PairLevels): RateMatrix | null {
  const { boundary, period, width } = levels;
  const size = period * width;
  const { down, local, up } = blocks(levels);
  const out = invert(negated(local), size);
  if (out === null) return null;
  let high: Float64Array = product(out, up, size);
  let low: Float64Array = product(out, down, size);
  const G = low.slice();
  let reach: Float64Array = high.slice();
  for (let step = 0; ; step++) {
    if (step === DOUBLINGS) return null;
    const both = product(high, low, size);
    add(both, product(low, high, size));
    const twice = invert(identityLess(both, size), size);
    if (twice === null) return null;
    high = product(twice, product(high, high, size), size);
    low = product(twice, product(low, low, size), size);
    const gain = product(reach, low, size);
    add(G, gain);
    if (gain.every((entry) => entry < SETTLED)) break;
    reach = product(reach, high, size);
  }
  const within = product(up, G, size); // returns to the block after an excursion above
  add(within, local);
  const visits = invert(negated(within), size);
  if (visits === null) return null;
  const first = boundary * width;
  return {
    rates: product(up, visits, size),
    censored: {
      size: first + size,
      forEachTransition(state, visit) {
        const level = Math.floor(state / width);
        levels.forEachTransition(level, state % width, (to, phase, rate) => {
          if (level < boundary || to < boundary) visit(to * width + phase, rate);
        });
        if (level < boundary) return;
        const row = (state - first) * size;
        for (let j = 0; j < size; j++)
          if (first + j !== state && within[row + j] > 0) visit(first + j, within[row + j]);
      },
    },
  };
}

/** Rates from a block of `period` levels to the one below, within it (with the outflow on the diagonal) and to the one above. */
function blocks(levels: PairLevels): { down: Float64Array; local: Float64Array; up: Float64Array } {
  const { boundary, period, width } = levels;
  const size = period * width;
  const [down, local, up] = [0, 1, 2].map(() => new Float64Array(size * size));
  const base = boundary + period;
  for (let r = 0; r < period; r++) {
    for (let phase = 0; phase < width; phase++) {
      const row = (r * width + phase) * size;
      levels.forEachTransition(base + r, phase, (level, to, rate) => {
        const block = Math.floor((level - boundary) / period);
        const column = ((level - boundary) % period) * width + to;
        [down, local, up][block][row + column] += rate;
        local[row + r * width + phase] -= rate;
      });
    }
  }
  return { down, local, up };
}

function product(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const c = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k];
      if (factor === 0) continue;
      for (let j = 0; j < size; j++) c[i * size + j] += factor * b[k * size + j];
    }
  }
  return c;
}

function add(a: Float64Array, b: Float64Array): void {
  for (let k = 0; k < a.length; k++) a[k] += b[k];
}

const negated = (a: Float64Array): Float64Array => a.map((entry) => -entry);

const identityLess = (a: Float64Array, size: number): Float64Array =>
  a.map((entry, k) => (k % (size + 1) === 0 ? 1 - entry : -entry));
