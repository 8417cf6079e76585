/**
 * The event loop of the simulator: n queues under a threshold policy, as the embedded chain of the process
 * uniformised at rate n(1 + λ).
 *
 * Queues are exchangeable, so the tail counts m_i, the number of queues of length ≥ i, are all there is to know. With queues
 * numbered by decreasing length, those of length q are at the positions m_{q+1} … m_q − 1; an origin is a uniform position;
 * and the shortest of d queues sampled with replacement is at the largest of d uniform positions, below j with probability
 * (j/n)^d: one draw, whatever d is. An event takes one draw of each of two streams, used or not, so that runs with common
 * random numbers stay in step when λ or the policy differ; and two streams are two lanes of one register.
 *
 * In the readable form, with the origin's length q and the shortest sampled one m:
 *
 *     arrival and q ≥ β(m):  m → m + K         arrival otherwise:  q → q + 1        departure, q > 0:  q → q − 1
 *
 * There are five event loops:
 *
 *     narrow.ts      n ≤ 254, no queue of 7 jobs: the counts are the lanes of one register, and nothing branches on the state
 *     wide.ts        n < 50,000, no queue of 7 jobs: the same in lanes of 16 bits
 *     largeLanes.ts  more, no queue of 7 jobs: the counts alone, lengths from tables that are right but for events near a count
 *     large.ts       the same with long queues
 *     sorted.ts      long queues, n < 50,000: the lengths themselves, sorted. One store at a block's edge changes one:
 *
 *         one job more at a queue of length q:  L[m_{q+1}] = q + 1, m_{q+1} += 1
 *         one job less:                         L[m_q − 1] = q − 1, m_q −= 1
 *
 * The first three fall back on the last two for events in which queues are long, with the same draws, so that
 * nothing depends on which of them an event was simulated by. Which draws are made depends on n alone.
 *
 * The time integral of m_i is m_i(T)·T + Σ (events that lowered m_i) − Σ (events that raised it), modulo 2^64, with
 * events numbered 1 … T and the state weighted as each event finds it; hence one addition on a change and nothing else.
 *
 * With sorted lengths, staying and leaving are one straight line of code, since the branch between them would be mispredicted
 * every third event; a departure at an empty queue then rewrites L[n − 1] = 0, which it is already.
 */

import {
  BLOCK,
  BLOCK_EVENTS,
  DRAWN,
  DRAWS,
  EVENT,
  LARGE_MODE,
  MODE,
  NARROW_MODE,
  PIECES,
  QUEUES,
  RNG,
  RNG_NEXT,
  SAMPLES,
  SORTED,
} from './layout';
import { hasHeadroom, longest } from './levels';
import { simulateLarge } from './large';
import { LONGEST_LANES, simulateLanes } from './largeLanes';
import { LONGEST_NARROW, simulateNarrow } from './narrow';
import { runSorted, simulateSorted } from './sorted';
import { LONGEST_WIDE, simulateWide } from './wide';

export { jobs, jobsIntegral } from './levels';

/** Simulates up to `events` events; returns how many, fewer when the levels must be extended first. */
export function run(events: u32): u32 {
  const mode = load<u32>(MODE);
  return mode == NARROW_MODE ? runNarrow(events) : mode == LARGE_MODE ? runLarge(events) : runWide(events);
}

/** The tail counts alone. */
function runLarge(events: u32): u32 {
  let done: u32 = 0;
  while (done < events) {
    if (longest() <= LONGEST_LANES) {
      done += simulateLanes(events - done);
      if (done == events) break;
    }
    const ahead = min(load<u32>(BLOCK), events - done);
    if (!hasHeadroom(ahead * load<u32>(PIECES))) break;
    simulateLarge(ahead);
    done += ahead;
  }
  return done;
}

/** 255 queues and more: draws of 64 digits. */
function runWide(events: u32): u32 {
  let done: u32 = 0;
  while (done < events) {
    if (longest() <= LONGEST_WIDE) {
      const ran = simulateWide(events - done);
      done += ran;
      if (ran) store<u32>(SORTED, 0);
      if (done == events) break;
    }
    // So many that sorting the lengths first costs little in comparison
    const ahead = min(max(load<u32>(QUEUES), BLOCK_EVENTS), events - done);
    const ran = runSorted(ahead);
    done += ran;
    if (ran < ahead) break;
  }
  return done;
}

/** n ≤ 254: draws of 16 digits in blocks. */
function runNarrow(events: u32): u32 {
  const start = load<u64>(EVENT);
  const end = start + events;
  let t = start;
  while (t < end) {
    if (!load<u32>(DRAWN)) drawBlock();
    const inBlock = <u32>t & (BLOCK_EVENTS - 1);
    const left = <u32>(end - t);
    let blocks: u32 = 0;
    if (inBlock == 0 && left >= BLOCK_EVENTS && longest() <= LONGEST_NARROW) {
      blocks = simulateNarrow(left / BLOCK_EVENTS);
      t += blocks * BLOCK_EVENTS;
      if (blocks) store<u32>(SORTED, 0);
      if (blocks == left / BLOCK_EVENTS) continue;
    }
    const ahead = min(min(BLOCK_EVENTS - (<u32>t & (BLOCK_EVENTS - 1)), <u32>(end - t)), load<u32>(BLOCK));
    if (!hasHeadroom(ahead * load<u32>(PIECES))) break;
    simulateSorted(t, ahead);
    t += ahead;
    store<u64>(EVENT, t);
    if ((<u32>t & (BLOCK_EVENTS - 1)) == 0) {
      memory.copy(RNG, RNG_NEXT, 64);
      store<u32>(DRAWN, 0);
    }
  }
  return <u32>(t - start);
}

/** The draws of the block of EVENT. */
function drawBlock(): void {
  let s0 = v128.load(RNG);
  let s1 = v128.load(RNG, 16);
  let s2 = v128.load(RNG, 32);
  let s3 = v128.load(RNG, 48);
  for (let at: usize = DRAWS; at < DRAWS + SAMPLES; at += 8) {
    const sum = i64x2.add(s0, s3);
    const draw = i64x2.add(v128.or(i64x2.shl(sum, 23), i64x2.shr_u(sum, 41)), s0);
    const shifted = i64x2.shl(s1, 17);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, shifted);
    s3 = v128.or(i64x2.shl(s3, 45), i64x2.shr_u(s3, 19));
    v128.store64_lane(at, draw, 0);
    v128.store64_lane(at, draw, 1, SAMPLES);
  }
  v128.store(RNG_NEXT, s0);
  v128.store(RNG_NEXT, s1, 16);
  v128.store(RNG_NEXT, s2, 32);
  v128.store(RNG_NEXT, s3, 48);
  store<u32>(DRAWN, 1);
}
