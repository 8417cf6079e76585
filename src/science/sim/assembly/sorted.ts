import {
  ALIAS_AT,
  ALIAS_SHIFT,
  ARRIVAL_BELOW,
  BETA,
  EVENT,
  INTEGRAL,
  LENGTHS,
  LEVEL_SHIFT,
  LEVELS_AT,
  MIGRATIONS,
  MODULUS,
  PIECES,
  QUEUES,
  REJECT_BELOW,
  RNG,
  SHIFT,
  STAYS,
} from './layout';

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
 * one draw from an alias table, whatever d is. An event takes two draws, used or not, so that runs with common random
 * numbers stay in step when λ or the policy differ.
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
 */

export function runSorted(blockEnd: u64): void {
  let s0 = load<u64>(RNG);
  let s1 = load<u64>(RNG, 8);
  let s2 = load<u64>(RNG, 16);
  let s3 = load<u64>(RNG, 24);
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
  let t = load<u64>(EVENT);

  do {
    // xoshiro256++ (Blackman and Vigna), twice
    const u = rotl(s0 + s3, 23) + s0;
    const a1 = s1 ^ s2 ^ s0;
    const a0 = s0 ^ s3 ^ s1;
    const a2 = s2 ^ s0 ^ (s1 << 17);
    const a3 = rotl(s3 ^ s1, 45);
    const v = rotl(a0 + a3, 23) + a0;
    s1 = a1 ^ a2 ^ a0;
    s0 = a0 ^ a3 ^ a1;
    s2 = a2 ^ a0 ^ (a1 << 17);
    s3 = rotl(a3 ^ a1, 45);

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

  store<u64>(RNG, s0);
  store<u64>(RNG, s1, 8);
  store<u64>(RNG, s2, 16);
  store<u64>(RNG, s3, 24);
  store<u64>(EVENT, t);
}
