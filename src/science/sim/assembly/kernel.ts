/**
 * The event loop of the simulator: n queues under a threshold policy, as the embedded chain of the process
 * uniformised at rate n(1 + λ).
 *
 * Queues are exchangeable, so they are kept sorted by decreasing length. With m_i = the number of queues of length ≥ i,
 * the queues of length q occupy the positions m_{q+1} … m_q − 1, and
 *
 *     one job more at a queue of length q:  L[m_{q+1}] = q + 1, m_{q+1} += 1
 *     one job less:                         L[m_q − 1] = q − 1, m_q −= 1
 *
 * The shortest of d queues sampled with replacement is at the largest of d uniform positions J, P(J < j) = (j/n)^d:
 * one draw from an alias table, whatever d is. An event takes one draw of each of two streams, used or not, so that runs
 * with common random numbers stay in step when λ or the policy differ; and two streams are two lanes of one register.
 *
 * The time integral of m_i is m_i(T)·T + Σ (events that lowered m_i) − Σ (events that raised it), modulo 2^64, with
 * events numbered 1 … T and the state weighted as each event finds it; hence one addition on a change and nothing else.
 *
 * In the readable form, with q = L[origin] and m = L[J]:
 *
 *     arrival and q ≥ β(m):  m → m + K         arrival otherwise:  q → q + 1        departure, q > 0:  q → q − 1
 *
 * The last two are one straight line of code below, since the branch between them would be mispredicted every third
 * event; a departure at an empty queue then rewrites L[n − 1] = 0, which it is already.
 *
 * The addresses are those of ../kernelLayout.ts.
 */

// The header
const EVENT: usize = 0; // u64, events so far
const ARRIVAL_BELOW: usize = 8; // u64, ⌈2^bits·a/(a + b)⌉ for λ = a/b
const MODULUS: usize = 16; // u64, a + b
const REJECT_BELOW: usize = 24; // u64, 2^bits mod n(a + b)
const QUEUES: usize = 32; // u32, n
const SHIFT: usize = 36; // u32, 64 − bits, where n < 2^SHIFT
const PIECES: usize = 40; // u32, K
const ALIAS_AT: usize = 44; // u32, address of the alias table
const LEVELS_AT: usize = 48; // u32, address of the levels
const LIMIT: usize = 52; // u32, levels that are filled
const LONGEST: usize = 56; // u32, the longest queue when last looked at
const BLOCK: usize = 60; // u32, events between two looks at the longest queue
const RNG: usize = 64; // 4 × (u64, u64), the words of the origins' and of the samples' generator

const LENGTHS: usize = 128; // n × u32, decreasing

// An entry of the alias table: u64 acceptance threshold, u32 alias, u32 unused
const ALIAS_SHIFT: usize = 4;

// A level: u32 m_i, u32 β(i), i64 integral, i64 arrivals that stayed at i − 1, i64 migrations to a queue of length i
const LEVEL_SHIFT: usize = 5;
const BETA: usize = 4;
const INTEGRAL: usize = 8;
const STAYS: usize = 16;
const MIGRATIONS: usize = 24;

/** Simulates up to `events` events; returns how many, fewer when the levels must be extended first. */
export function run(events: u32): u32 {
  let s0 = v128.load(RNG);
  let s1 = v128.load(RNG, 16);
  let s2 = v128.load(RNG, 32);
  let s3 = v128.load(RNG, 48);
  const arrivalBelow = load<u64>(ARRIVAL_BELOW);
  const modulus = load<u64>(MODULUS);
  const rejectBelow = load<u64>(REJECT_BELOW);
  const n: u64 = load<u32>(QUEUES);
  const shift: u64 = load<u32>(SHIFT);
  const bits = 64 - shift;
  const mask = ((<u64>1) << bits) - 1;
  const aliasAt: usize = load<u32>(ALIAS_AT);
  const levelsAt: usize = load<u32>(LEVELS_AT);
  const pieces: u32 = load<u32>(PIECES);
  const blockSize = load<u32>(BLOCK);
  const start = load<u64>(EVENT);
  const end = start + events;
  let t = start;

  while (t < end && hasHeadroom(blockSize * pieces)) {
    const blockEnd = min(end, t + blockSize);
    do {
      // xoshiro256++ (Blackman and Vigna) in both lanes
      const sum = i64x2.add(s0, s3);
      const draw = i64x2.add(v128.or(i64x2.shl(sum, 23), i64x2.shr_u(sum, 41)), s0);
      const shifted = i64x2.shl(s1, 17);
      s2 = v128.xor(s2, s0);
      s3 = v128.xor(s3, s1);
      s1 = v128.xor(s1, s2);
      s0 = v128.xor(s0, s3);
      s2 = v128.xor(s2, shifted);
      s3 = v128.or(i64x2.shl(s3, 45), i64x2.shr_u(s3, 19));
      const u = <u64>i64x2.extract_lane(draw, 0);
      const v = <u64>i64x2.extract_lane(draw, 1);

      // Uniform on n × (a + b) after Lemire: the origin's position above, the kind of event below
      const product = (u >> shift) * n;
      const fraction = product & mask;
      if (((fraction * modulus) & mask) < rejectBelow) continue;
      t++;
      const arrival = <u32>(fraction < arrivalBelow);
      const q = load<u32>(LENGTHS + (<usize>(product >> bits) << 2));

      // The shortest sampled queue
      const product2 = (v >> shift) * n;
      const cell = <u32>(product2 >> bits);
      const entry = aliasAt + (<usize>cell << ALIAS_SHIFT);
      const position = select<u32>(cell, load<u32>(entry, 8), (product2 & mask) < load<u64>(entry));
      const m = load<u32>(LENGTHS + (<usize>position << 2));
      let level = levelsAt + (<usize>m << LEVEL_SHIFT);

      if (arrival & <u32>(q >= load<u32>(level, BETA))) {
        store<u64>(level, load<u64>(level, MIGRATIONS) + 1, MIGRATIONS);
        let length = m;
        for (let piece: u32 = 0; piece < pieces; piece++) {
          length++;
          level += 1 << LEVEL_SHIFT;
          const count = load<u32>(level);
          store<u32>(LENGTHS + (<usize>count << 2), length);
          store<u32>(level, count + 1);
          store<u64>(level, load<u64>(level, INTEGRAL) - t, INTEGRAL);
        }
      } else {
        level = levelsAt + (<usize>(q + arrival) << LEVEL_SHIFT);
        const departure = arrival ^ 1;
        const step = arrival - (departure & <u32>(q > 0));
        const count = load<u32>(level);
        store<u32>(LENGTHS + (<usize>(count - departure) << 2), q + step);
        store<u32>(level, count + step);
        store<u64>(level, load<u64>(level, INTEGRAL) - <u64>(<i64>(<i32>step)) * t, INTEGRAL);
        store<u64>(level, load<u64>(level, STAYS) + arrival, STAYS);
      }
    } while (t < blockEnd);
  }

  v128.store(RNG, s0);
  v128.store(RNG, s1, 16);
  v128.store(RNG, s2, 32);
  v128.store(RNG, s3, 48);
  store<u64>(EVENT, t);
  return <u32>(t - start);
}

/** Moves LONGEST to the longest queue; whether `rise` more levels above it are filled. */
function hasHeadroom(rise: u32): bool {
  const limit = load<u32>(LIMIT);
  let longest = load<u32>(LONGEST);
  while (longest > 0 && load<u32>(level(longest)) == 0) longest--;
  while (longest + 1 < limit && load<u32>(level(longest + 1)) > 0) longest++;
  store<u32>(LONGEST, longest);
  return longest + rise + 1 < limit;
}

/** Jobs in the system. */
export function jobs(): f64 {
  let sum: u64 = 0;
  const limit = load<u32>(LIMIT);
  for (let i: u32 = 1; i < limit; i++) sum += load<u32>(level(i));
  return <f64>sum;
}

/** The sum over events so far of the jobs that each found in the system. */
export function jobsIntegral(): f64 {
  const t = load<u64>(EVENT);
  let sum: u64 = 0;
  const limit = load<u32>(LIMIT);
  for (let i: u32 = 1; i < limit; i++) sum += load<u32>(level(i)) * t + load<u64>(level(i), INTEGRAL);
  return <f64>sum;
}

// @ts-ignore: decorator
@inline
function level(i: u32): usize {
  return <usize>load<u32>(LEVELS_AT) + ((<usize>i) << LEVEL_SHIFT);
}
