import type { Rational } from '../numeric/rational.ts';
import type { Policy } from '../policy/policy.ts';
import { eventDraw } from '../random/bounded.ts';
import { maximumOfUniforms, maximumThresholds } from '../random/maximumOfUniforms.ts';
import { DIGITS, originTable, sampleTable } from '../random/narrowDraw.ts';
import {
  ALIAS_AT,
  ALIAS_BYTES,
  ARRIVAL_BELOW,
  ARRIVALS,
  LARGE_MODE,
  MODE,
  NARROW_MODE,
  ORIGINS_AT,
  OUTCOME_BYTES,
  OUTCOMES,
  REJECT_BELOW,
  SAMPLED_QUEUES,
  SAMPLES_AT,
  SHIFT,
  THRESHOLD_LANES,
  THRESHOLDS_AT,
  WIDE_MODE,
} from './kernelLayout.ts';

/** What the kernel's draws are looked up in, for n queues. */
interface Draws {
  readonly n: number;
  readonly lambda: Rational;
  readonly policy: Pick<Policy, 'd' | 'beta'>;
}

/** With K, the pieces of a migration. */
interface LargeDraws extends Draws {
  readonly policy: Pick<Policy, 'd' | 'K' | 'beta'>;
}

/** Levels that the lanes of a register, or of half of one, hold. */
const LANES = 8;

export const narrowTableBytes = (n: number): number => (3 << DIGITS) + 8 * n;

/** The tables of draws of 16 digits, and the policy's lanes. */
export function setNarrowTables(view: DataView, tablesAt: number, { n, lambda, policy }: Draws): void {
  const thresholds = maximumThresholds(n, policy.d);
  const samplesAt = tablesAt + (2 << DIGITS);
  const thresholdsAt = samplesAt + (1 << DIGITS);
  new Int8Array(view.buffer, tablesAt).set(originTable(n, lambda));
  new Int8Array(view.buffer, samplesAt).set(sampleTable(n, thresholds));
  for (let j = 0; j < n - 1; j++) view.setBigUint64(thresholdsAt + 8 * j, thresholds[j], true);
  view.setBigUint64(ARRIVALS, lambda.num, true);
  view.setUint32(ORIGINS_AT, tablesAt, true);
  view.setUint32(SAMPLES_AT, samplesAt, true);
  view.setUint32(THRESHOLDS_AT, thresholdsAt, true);
  view.setUint32(MODE, NARROW_MODE, true);
  setThresholdLanes(view, policy);
}

function setThresholdLanes(view: DataView, policy: Draws['policy']): void {
  const empty = LANES - 1; // the level that is empty while the lanes are in use
  for (const half of [0, LANES]) view.setUint8(THRESHOLD_LANES + half, empty); // nothing joins at lane 0
  let theta = 0;
  for (let lane = 1; lane < LANES; lane++) {
    while (policy.beta(theta) < lane) theta++; // θ(lane − 1); β(m) ≥ m, so it is at most lane
    view.setUint8(THRESHOLD_LANES + lane, theta);
    view.setUint8(THRESHOLD_LANES + LANES + lane, Math.min(empty, policy.beta(lane - 1)));
  }
}

export const wideTableBytes = (n: number): number => ALIAS_BYTES * n;

/** The draw of 64 digits and its alias table. */
export function setWideTables(view: DataView, tablesAt: number, { n, lambda, policy }: Draws): void {
  const draw = eventDraw(n, lambda);
  setThresholdLanes(view, policy);
  view.setBigUint64(ARRIVAL_BELOW, draw.arrivalBelow << BigInt(draw.shift), true);
  view.setBigUint64(REJECT_BELOW, draw.rejectBelow << BigInt(draw.shift), true);
  view.setUint32(SHIFT, draw.shift, true);
  view.setUint32(ALIAS_AT, tablesAt, true);
  view.setUint32(MODE, WIDE_MODE, true);
  const table = maximumOfUniforms(n, policy.d, draw.bits);
  for (let j = 0; j < n; j++) {
    // A full cell holds nothing but j: it needs no last unit
    const isFull = table.accept[j] >> BigInt(draw.bits) === 1n;
    const accept = isFull ? table.accept[j] - 1n : table.accept[j];
    const alias = isFull ? j : table.alias[j];
    view.setBigUint64(tablesAt + ALIAS_BYTES * j, (accept << BigInt(draw.shift)) | BigInt(alias), true);
  }
}

/** What an event adds by its outcome; the kernel fills its other tables from the tail counts. */
export function setLarge(view: DataView, { lambda, policy }: LargeDraws): void {
  for (let q = 0; q < LANES; q++) {
    for (let m = 0; m < LANES; m++) {
      const departure = OUTCOMES + 2 * OUTCOME_BYTES * (LANES * q + m);
      const arrival = departure + OUTCOME_BYTES;
      const add = (outcome: number, i: number, step: number): void => {
        if (i < LANES) view.setInt16(outcome + 2 * i, step, true);
      };
      if (q > 0) add(departure, q, -1);
      const migrates = q >= policy.beta(m);
      const joins = (migrates ? m : q) + 1;
      for (let piece = 0; piece < (migrates ? policy.K : 1); piece++) add(arrival, joins + piece, 1);
      if (joins < LANES) view.setUint8(arrival + 16 + (migrates ? LANES : 0) + joins, 1);
    }
  }
  view.setBigUint64(ARRIVALS, lambda.num, true);
  view.setBigUint64(ARRIVAL_BELOW, (lambda.num << 32n) / (lambda.num + lambda.den), true);
  view.setBigUint64(SAMPLED_QUEUES, policy.d === 'all' ? (1n << 64n) - 1n : BigInt(policy.d), true);
  view.setUint32(MODE, LARGE_MODE, true);
}
