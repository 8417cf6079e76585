/**
 * The event loop for at most 254 queues of at most 6 jobs each, without a length, a branch or a store that depends on the state: the tail counts are the
 * lanes of one register.
 *
 * Lane i of either half of V holds m_i − 127, i = 0 … 7. The first half is compared with the origin's position u, the second
 * with the sampled position j, so that one comparison gives the two thermometers m_i > u (i ≤ q) and m_i > j (i ≤ m), and
 * a thermometer shifted by a lane, without itself, is the lane q + 1, or m + 1:
 *
 *     stays     lane q + 1  where m_{θ(q)} > j, which says m ≥ θ(q);      migrates  lane m + 1  where m_{β(m)} > u
 *
 * Both right-hand sides are one permutation of V against (j, u), and exclude each other. Of an arrival the departures'
 * code is NONE, which no count exceeds, and the other way round. What is added to V in both halves is then: a job at the
 * lane that stays, jobs at the lane that migrates and the K − 1 after it, and less one at lane q > 0 of a departure.
 *
 * A draw is looked up in a table by its first 16 digits. Where these leave the outcome open, its code is below everything,
 * lane 7 shows it after four events, and they are simulated again with the draw refined (refine.ts).
 *
 * The four events, and the generators' step here as in the other loops, are written out: AssemblyScript has no macros, inlines no
 * function with more than one result, and the state must stay in locals to stay in registers.
 *
 * Integrals are summed modulo 256 over 16 events, in which no count moves by more than 15 and no sum of deviations exceeds
 * 120, hence exact. A queue that reaches 7 jobs is seen at the end of a block of 256 events, which is then not counted.
 */
import { halves, joining, leaving, moved } from './lanes';
import {
  BLOCK_BYTES,
  BLOCK_EVENTS,
  DRAWS,
  EVENT,
  INTEGRAL,
  LEVEL_SHIFT,
  LEVELS_AT,
  MIGRATIONS,
  ORIGINS_AT,
  PATCH,
  PATCH_ORIGINS,
  PATCH_SAMPLES,
  PIECES,
  RNG,
  RNG_NEXT,
  SAMPLES,
  SAMPLES_AT,
  SCRATCH,
  STAYS,
  THRESHOLD_LANES,
} from './layout';
import { BIAS, OPEN, originOf, sampleOf } from './refine';

const LANES: usize = 8;
/** Lane 7 of either half: above an open draw, which is below everything. */
const TOP: i32 = 0x8080;
/** The longest queue that a block may begin with; tuned by bench/kernel.mjs. */
export const LONGEST_NARROW: u32 = 5;

/**
 * Simulates up to `blocks` blocks from the start of one whose draws stand first in DRAWS; returns how many, fewer when a queue
 * grows too long. The draws of the next block stand there afterwards.
 */
export function simulateNarrow(blocks: u32): u32 {
  const pieces = <i32>load<u32>(PIECES);
  return pieces == 2 ? simulatePairs(blocks) : simulateAny(blocks, pieces);
}

// Two functions, each optimised by itself: as two arms of a condition they would be found alike and made one
function simulatePairs(blocks: u32): u32 {
  return simulate(blocks, 2);
}

function simulateAny(blocks: u32, pieces: i32): u32 {
  return simulate(blocks, pieces);
}

// @ts-ignore: decorator
@inline
function simulate(blocks: u32, pieces: i32): u32 {
  const origins: usize = load<u32>(ORIGINS_AT);
  const samples: usize = load<u32>(SAMPLES_AT);
  const thresholdLanes = v128.load(THRESHOLD_LANES);
  const zero = i64x2.splat(0);
  let s0 = v128.load(RNG_NEXT);
  let s1 = v128.load(RNG_NEXT, 16);
  let s2 = v128.load(RNG_NEXT, 32);
  let s3 = v128.load(RNG_NEXT, 48);
  let t = load<u64>(EVENT);
  let tails = loadTails();
  let done: u32 = 0;
  let here: usize = DRAWS;

  for (; done < blocks; done++) {
    const tailsBefore = tails;
    const there: usize = 2 * DRAWS + BLOCK_BYTES - here;
    let counts = zero; // arrivals that stayed, by lane of the first half; migrations in the second
    let sums = zero; // of m_i over the events of the block
    let at = here;
    const end = here + SAMPLES;
    do {
      const first = tails;
      let sum = zero;
      const sixteenth = at + 32;
      do {
        // xoshiro256++ (Blackman and Vigna) in both lanes: draws of four events of the next block
        const total = i64x2.add(s0, s3);
        const draw = i64x2.add(v128.or(i64x2.shl(total, 23), i64x2.shr_u(total, 41)), s0);
        const shifted = i64x2.shl(s1, 17);
        s2 = v128.xor(s2, s0);
        s3 = v128.xor(s3, s1);
        s1 = v128.xor(s1, s2);
        s0 = v128.xor(s0, s3);
        s2 = v128.xor(s2, shifted);
        s3 = v128.or(i64x2.shl(s3, 45), i64x2.shr_u(s3, 19));
        const to = there + (at - here);
        v128.store64_lane(to, draw, 0);
        v128.store64_lane(to, draw, 1, SAMPLES);

        const tailsFrom = tails;
        const sumFrom = sum;
        let origin = origins + (<usize>load<u16>(at, 0) << 1);
        let sample = samples + <usize>load<u16>(at, SAMPLES + 0);
        let u = v128.load_splat<i8>(origin);
        let j = v128.load_splat<i8>(sample);
        sum = i8x16.add(sum, tails);
        let above = i8x16.gt_s(tails, halves(u, j));
        let open = above;
        let joins = joining(above, tails, halves(j, u), thresholdLanes);
        let joined = joins;
        tails = moved(tails, joins, leaving(tails, origin), pieces);

        origin = origins + (<usize>load<u16>(at, 2) << 1);
        sample = samples + <usize>load<u16>(at, SAMPLES + 2);
        u = v128.load_splat<i8>(origin);
        j = v128.load_splat<i8>(sample);
        sum = i8x16.add(sum, tails);
        above = i8x16.gt_s(tails, halves(u, j));
        open = v128.or(open, above);
        joins = joining(above, tails, halves(j, u), thresholdLanes);
        joined = i8x16.add(joined, joins);
        tails = moved(tails, joins, leaving(tails, origin), pieces);

        origin = origins + (<usize>load<u16>(at, 4) << 1);
        sample = samples + <usize>load<u16>(at, SAMPLES + 4);
        u = v128.load_splat<i8>(origin);
        j = v128.load_splat<i8>(sample);
        sum = i8x16.add(sum, tails);
        above = i8x16.gt_s(tails, halves(u, j));
        open = v128.or(open, above);
        joins = joining(above, tails, halves(j, u), thresholdLanes);
        joined = i8x16.add(joined, joins);
        tails = moved(tails, joins, leaving(tails, origin), pieces);

        origin = origins + (<usize>load<u16>(at, 6) << 1);
        sample = samples + <usize>load<u16>(at, SAMPLES + 6);
        u = v128.load_splat<i8>(origin);
        j = v128.load_splat<i8>(sample);
        sum = i8x16.add(sum, tails);
        above = i8x16.gt_s(tails, halves(u, j));
        open = v128.or(open, above);
        joins = joining(above, tails, halves(j, u), thresholdLanes);
        joined = i8x16.add(joined, joins);
        tails = moved(tails, joins, leaving(tails, origin), pieces);

        // What joined lane 7 is asked for only to have the sum made here: after the branch its terms would be kept in memory
        if (i8x16.bitmask(v128.or(open, joined)) & TOP) {
          v128.store(SCRATCH, tailsFrom);
          v128.store(SCRATCH, sumFrom, 16);
          repeatFour(t + <u64>((at - here) >> 1), at, origins, samples, thresholdLanes, pieces);
          tails = v128.load(SCRATCH);
          sum = v128.load(SCRATCH, 16);
          joined = v128.load(SCRATCH, 32);
        }
        counts = i8x16.sub(counts, joined);
        at += 8;
      } while (at < sixteenth);
      // 16·m at the first of them, and the sum of the deviations from it
      const m = i8x16.add(first, i8x16.splat(<i8>BIAS));
      const deviations = i8x16.sub(sum, i16x8.shl(v128.and(first, i8x16.splat(<i8>15)), 4));
      sums = i16x8.add(
        sums,
        i16x8.add(i16x8.extend_low_i8x16_s(deviations), i16x8.shl(i16x8.extend_low_i8x16_u(m), 4)),
      );
    } while (at < end);
    if (i16x8.extract_lane_u(sums, 7) | <u32>(i8x16.extract_lane_s(tails, 7) + BIAS)) {
      tails = tailsBefore;
      break;
    }
    record(t, tails, sums, counts);
    t += BLOCK_EVENTS;
    here = there;
    // By hand, for memory.copy is a call out of the module
    v128.store(RNG, v128.load(RNG_NEXT));
    v128.store(RNG, v128.load(RNG_NEXT, 16), 16);
    v128.store(RNG, v128.load(RNG_NEXT, 32), 32);
    v128.store(RNG, v128.load(RNG_NEXT, 48), 48);
    v128.store(RNG_NEXT, s0);
    v128.store(RNG_NEXT, s1, 16);
    v128.store(RNG_NEXT, s2, 32);
    v128.store(RNG_NEXT, s3, 48);
  }
  if (here != DRAWS) memory.copy(DRAWS, here, BLOCK_BYTES);
  store<u64>(EVENT, t);
  return done;
}

/**
 * Simulates four events again, of which one has an open draw or makes a queue of 7 jobs, with the open draws refined: from the
 * counts and their sum in SCRATCH, which are afterwards there, and what joined then.
 */
function repeatFour(t: u64, at: usize, origins: usize, samples: usize, thresholdLanes: v128, pieces: i32): void {
  refineFour(t, at, origins, samples);
  let tails = v128.load(SCRATCH);
  let sum = v128.load(SCRATCH, 16);
  let joined = i64x2.splat(0);
  for (let i: usize = 0; i < 4; i++) {
    const origin = PATCH_ORIGINS + (i << 1);
    const u = v128.load_splat<i8>(origin);
    const j = v128.load_splat<i8>(PATCH_SAMPLES + i);
    sum = i8x16.add(sum, tails);
    const joins = joining(i8x16.gt_s(tails, halves(u, j)), tails, halves(j, u), thresholdLanes);
    joined = i8x16.add(joined, joins);
    tails = moved(tails, joins, leaving(tails, origin), pieces);
  }
  v128.store(SCRATCH, tails);
  v128.store(SCRATCH, sum, 16);
  v128.store(SCRATCH, joined, 32);
}

/** Copies the codes of four events to PATCH_ORIGINS and PATCH_SAMPLES, those that are open refined. */
function refineFour(t: u64, at: usize, origins: usize, samples: usize): void {
  let open: u32 = 0;
  for (let i: usize = 0; i < 4; i++) {
    const origin = load<u16>(origins + (<usize>load<u16>(at + (i << 1)) << 1));
    const sample = load<i8>(samples + <usize>load<u16>(at + (i << 1), SAMPLES));
    store<u16>(PATCH_ORIGINS + (i << 1), origin);
    store<i8>(PATCH_SAMPLES + i, sample);
    open |= (<u32>(<i8>origin == OPEN) | (<u32>(sample == OPEN) << 4)) << <u32>i;
  }
  for (; open; open &= open - 1) {
    const k = ctz(open);
    const i = <usize>k & 3;
    if (k < 4) store<u16>(PATCH_ORIGINS + (i << 1), originOf(t + i, load<u16>(at + (i << 1))));
    else store<i8>(PATCH_SAMPLES + i, sampleOf(t + i, load<u16>(at + (i << 1), SAMPLES)));
  }
}

/** The tail counts of levels 0 … 7, in both halves. */
function loadTails(): v128 {
  for (let i: usize = 0; i < 4; i++) {
    store<u16>(PATCH + (i << 1), <u16>i);
    store<u16>(PATCH + (i << 1), <u16>i, SAMPLES);
  }
  const levels: usize = load<u32>(LEVELS_AT);
  for (let i: usize = 0; i < LANES; i++) {
    const code = <i32>load<u32>(levels + (i << LEVEL_SHIFT)) - BIAS;
    store<i8>(SCRATCH + i, code);
    store<i8>(SCRATCH + LANES + i, code);
  }
  return v128.load(SCRATCH);
}

/** Adds to the levels a block that began at event t and left the counts `tails`. */
function record(t: u64, tails: v128, sums: v128, counts: v128): void {
  let level: usize = load<u32>(LEVELS_AT);
  v128.store(SCRATCH, tails);
  v128.store(SCRATCH, counts, 16);
  v128.store(SCRATCH, sums, 32);
  for (let i: usize = 0; i < LANES; i++) {
    const before = <u64>load<u32>(level);
    const after = <u64>(<i32>load<i8>(SCRATCH + i) + BIAS);
    const sum = <u64>load<u16>(SCRATCH + (i << 1), 32);
    store<u32>(level, <u32>after);
    store<u64>(level, load<u64>(level, INTEGRAL) + before * t + sum - after * (t + BLOCK_EVENTS), INTEGRAL);
    store<u64>(level, load<u64>(level, STAYS) + load<u8>(SCRATCH + i, 16), STAYS);
    if (i > 0) {
      // lane m + 1 of the second half
      const shortest = level - (1 << LEVEL_SHIFT);
      store<u64>(shortest, load<u64>(shortest, MIGRATIONS) + load<u8>(SCRATCH + i, 24), MIGRATIONS);
    }
    level += 1 << LEVEL_SHIFT;
  }
}
