import { describe, expect, it } from 'vitest';
import { additiveGrowthRate, growthRateOfGap, printedGrowthRate } from '../../../src/science/meanfield/growth.ts';
import { lemmaExponents } from '../../../src/science/meanfield/lemmas.ts';
import { paperPolicy } from './policies.ts';

describe('growth rates', () => {
  it('are 2.5445 against 1.491 printed for C = K = 2, d = 10 (science brief §2)', () => {
    const r = additiveGrowthRate(2, 10);
    expect(r).toBeCloseTo(2.5445, 4);
    expect(r ** 3).toBeCloseTo(r ** 2 + 10, 12);
    expect(printedGrowthRate(2, 10)).toBeCloseTo(1.491, 3);
    expect(growthRateOfGap(1, 10)).toBe(11);
  });
});

describe('lemmaExponents', () => {
  it('show −ln s_i growing by the sharp rate, and Lemma 2 holding but loose', () => {
    const { rows, verdict, growth, looseBy, lemma } = lemmaExponents({
      lambda: 0.75,
      policy: paperPolicy({ kind: 'abounce', C: 2 }),
    });
    expect(lemma).toBe(2);
    expect(verdict).toBe('holds');
    expect(looseBy!).toBeGreaterThan(1e3);
    const last = rows[rows.length - 1];
    expect(last.minusLogTail / rows[rows.length - 2].minusLogTail).toBeCloseTo(growth!.sharp, 6);
    // Print: ((d+1)^{⌊i/6⌋} − 1)/d · (−ln λ).
    expect(rows[11].printedExponent).toBeCloseTo(((11 ** 2 - 1) / 10) * -Math.log(0.75), 12);
  });

  it('show the sharp exponent to be exact for SQ-like gaps: equation (2) as printed with C = K = 2', () => {
    const { rows, growth } = lemmaExponents({
      lambda: 0.75,
      policy: paperPolicy({ kind: 'abounce', C: 2 }),
      equations: 'printed',
    });
    expect(growth!.sharp).toBe(11);
    const quotient = rows.slice(-2).map((row) => row.minusLogTail / row.sharpExponent!);
    expect(quotient[1]).toBeCloseTo(quotient[0], 9);
  });

  it('confirm Lemma 1 for all three variants', () => {
    for (const [equations, lambda] of [
      ['policy', 0.75],
      ['corrected', 0.65],
      ['printed', 0.75],
    ] as const) {
      const policy = paperPolicy({ kind: 'mbounce', alpha: 3 });
      const { rows, verdict, lemma } = lemmaExponents({ lambda, policy, equations });
      expect(lemma).toBe(1);
      expect(verdict).toBe('holds');
      expect(rows[8].printedExponent).toBeCloseTo(
        ((9 ** (Math.log(11) / Math.log(3)) - 1) / 10) * -Math.log(lambda),
        9,
      );
    }
  });

  it('leave it undecided where the guard m + K hides the multiplicative tail, and without a fixed point', () => {
    expect(lemmaExponents({ lambda: 0.75, policy: paperPolicy({ kind: 'mbounce', alpha: '1.01' }) }).verdict).toBe(
      'undecided',
    );
    const unstable = lemmaExponents({ lambda: 0.8, policy: paperPolicy({ kind: 'abounce', C: 2 }) });
    expect(unstable).toMatchObject({ status: 'unstable', verdict: 'undecided', rows: [] });
  });

  it('refuse policies that the lemmas do not speak of', () => {
    expect(() => lemmaExponents({ lambda: 0.5, policy: paperPolicy({ kind: 'none' }) })).toThrow('found none');
    expect(() => lemmaExponents({ lambda: 1, policy: paperPolicy({ kind: 'abounce', C: 2 }) })).toThrow('λ < 1');
  });
});
