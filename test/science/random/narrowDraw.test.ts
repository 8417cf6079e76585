import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rational } from '../../../src/science/numeric/rational.ts';
import { maximumThresholds } from '../../../src/science/random/maximumOfUniforms.ts';
import { DIGITS, MAXIMUM_NARROW, originTable, sampleTable } from '../../../src/science/random/narrowDraw.ts';

const ENTRIES = 1 << DIGITS;
const BIAS = 127;
const NONE = 127;
const OPEN = -128;

describe('a draw of 16 digits', () => {
  it('gives an origin and a kind only when all further digits would give the same', () => {
    const setting = fc.record({
      n: fc.integer({ min: 1, max: MAXIMUM_NARROW }),
      a: fc.bigInt({ min: 1n, max: 10n ** 9n }),
      b: fc.bigInt({ min: 1n, max: 10n ** 9n }),
    });
    fc.assert(
      fc.property(setting, ({ n, a, b }) => {
        const lambda = rational(a, b);
        const modulus = lambda.num + lambda.den;
        const table = originTable(n, lambda);
        const outcomes = BigInt(n) * modulus;
        const wrong: number[] = [];
        let open = 0;
        for (let entry = 0; entry < ENTRIES; entry += 7) {
          const first = (BigInt(entry) * outcomes) >> BigInt(DIGITS);
          const last = (BigInt(entry + 1) * outcomes - 1n) >> BigInt(DIGITS);
          const isArrival = first % modulus < lambda.num;
          const isOne = first / modulus === last / modulus && isArrival === last % modulus < lambda.num;
          const code = Number(first / modulus) - BIAS;
          const codes = !isOne ? [OPEN, OPEN] : isArrival ? [code, NONE] : [NONE, code];
          if (!isOne) open++;
          if (table[2 * entry] !== codes[0] || table[2 * entry + 1] !== codes[1]) wrong.push(entry);
        }
        expect(wrong).toEqual([]);
        expect(open).toBeLessThanOrEqual(2 * n);
      }),
      { numRuns: 20 },
    );
  });

  it('gives the sampled position its law (m/n)^d, the open entries divided by the further digits', () => {
    for (const { n, d } of [
      { n: 100, d: 10 },
      { n: 254, d: 3 },
      { n: 7, d: 1 },
      { n: 1, d: 4 },
    ]) {
      const thresholds = maximumThresholds(n, d);
      const table = sampleTable(n, thresholds);
      for (let j = 1; j <= n; j++) {
        // Entries below threshold j wholly, and the part of an open one: P(J < j)
        const closed = table.reduce((count, code) => count + (code !== OPEN && code + BIAS < j ? 1 : 0), 0);
        const open = table.reduce((count, code, entry) => {
          if (code !== OPEN) return count;
          const upTo = j === n ? 1n << 64n : thresholds[j - 1];
          const part = Number(upTo - (BigInt(entry) << 48n)) / 2 ** 48;
          return count + Math.min(1, Math.max(0, part));
        }, 0);
        expect((closed + open) / ENTRIES).toBeCloseTo((j / n) ** d, 12);
      }
    }
  });

  it('always gives the last position when every queue is compared with', () => {
    expect(new Set(sampleTable(9, maximumThresholds(9, 'all')))).toEqual(new Set([8 - BIAS]));
  });
});
