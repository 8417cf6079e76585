import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Equations, meanFieldModel } from '../../../src/science/meanfield/equations.ts';
import { addJacobian } from '../../../src/science/meanfield/jacobian.ts';
import { measure } from '../../../src/science/meanfield/measures.ts';
import { derivative } from '../../../src/science/meanfield/rightHandSide.ts';
import { anyPolicy, anyTails, paperPolicy } from './policies.ts';

const LEVELS = 24;
const rate = fc.double({ min: 0.05, max: 1.5, noNaN: true });

const slope = (model: ReturnType<typeof meanFieldModel>, lambda: number, s: Float64Array) =>
  derivative(model.tables(LEVELS + model.K), lambda, s, new Float64Array(s.length), new Float64Array(s.length + 1));

describe('the mean-field right-hand side', () => {
  it('conserves arrivals: Σ ds_i/dt = λ(1 + (K−1)p_b) − s₁ for every policy', () => {
    fc.assert(
      fc.property(
        anyPolicy,
        rate,
        anyTails(LEVELS, 6),
        fc.constantFrom<Equations>('policy', 'corrected'),
        (p, lambda, s, e) => {
          const model = meanFieldModel(p, e);
          const total = slope(model, lambda, s).reduce((a, b) => a + b, 0);
          const { migrationFraction, leak } = measure(model.tables(LEVELS + model.K), lambda, s);
          expect(total).toBeCloseTo(lambda * (1 + (p.K - 1) * migrationFraction) - s[1], 11);
          expect(leak).toBeCloseTo(0, 11);
        },
      ),
      { numRuns: 400, seed: 3 },
    );
  });

  it('as printed loses arrivals: equation (2) balances only with its leak added', () => {
    const model = meanFieldModel(paperPolicy({ kind: 'abounce', C: 2 }), 'printed');
    const s = Float64Array.from({ length: LEVELS + 1 }, (_, i) => (i < 12 ? 0.7 ** i : 0));
    const total = slope(model, 0.75, s).reduce((a, b) => a + b, 0);
    const { migrationFraction, leak } = measure(model.tables(LEVELS + 2), 0.75, s);
    expect(leak).toBeGreaterThan(0.001);
    expect(total).toBeCloseTo(0.75 * (1 + migrationFraction) - leak - s[1], 12);
  });

  it('keeps tails ordered: ds_i/dt = ds_{i+1}/dt at worst where s_i = s_{i+1} under the policy', () => {
    fc.assert(
      fc.property(anyPolicy, rate, anyTails(LEVELS, 6), (p, lambda, s) => {
        const tied = Float64Array.from(s);
        tied[5] = tied[4];
        tied[6] = Math.min(tied[6], tied[5]);
        const f = slope(meanFieldModel(p), lambda, tied);
        expect(f[4]).toBeGreaterThanOrEqual(f[5] - 1e-12);
      }),
      { numRuns: 300, seed: 4 },
    );
  });

  it('has the analytic Jacobian of its central differences', () => {
    fc.assert(
      fc.property(
        anyPolicy,
        rate,
        anyTails(LEVELS, 6),
        fc.constantFrom<Equations>('policy', 'corrected', 'printed'),
        (p, lambda, s, equations) => {
          const printable =
            p.spec.kind === 'abounce' || (p.spec.kind === 'mbounce' && ['2', '5'].includes(`${p.spec.alpha}`));
          const model = meanFieldModel(p, equations === 'printed' && !printable ? 'policy' : equations);
          const jacobian = new Float64Array(LEVELS * LEVELS);
          addJacobian(
            {
              add(i, j, value) {
                jacobian[i * LEVELS + j] += value;
              },
            },
            model.tables(LEVELS + model.K),
            lambda,
            s,
            1,
          );
          const h = 1e-6;
          for (let j = 1; j <= LEVELS; j += 3) {
            const [up, down] = [Float64Array.from(s), Float64Array.from(s)];
            up[j] += h;
            down[j] -= h;
            const [high, low] = [slope(model, lambda, up), slope(model, lambda, down)];
            for (let i = 1; i <= LEVELS; i++) {
              const numeric = (high[i] - low[i]) / (2 * h);
              expect(Math.abs(jacobian[(i - 1) * LEVELS + j - 1] - numeric)).toBeLessThan(1e-7);
            }
          }
        },
      ),
      { numRuns: 60, seed: 5 },
    );
  });

  it('has tables that agree with θ and β of the policy', () => {
    fc.assert(
      fc.property(anyPolicy, (p) => {
        const { stay, origin } = meanFieldModel(p).tables(20);
        for (let i = 1; i <= 20; i++) {
          expect(stay[i]).toBe(p.theta(i - 1));
          for (let k = 0; k < p.K; k++) {
            const m = i - p.K + k;
            const expected = m >= 0 && Number.isFinite(p.beta(m)) ? p.beta(m) : -1;
            expect(origin[i * p.K + k]).toBe(expected);
          }
        }
      }),
      { numRuns: 60, seed: 6 },
    );
  });

  it('refuses what has no mean field of this form or no print', () => {
    expect(() => meanFieldModel(paperPolicy({ kind: 'abounce', C: 2, d: 'all' }))).toThrow('found d = all');
    expect(() => meanFieldModel(paperPolicy({ kind: 'mbounce', alpha: '1.5' }), 'printed')).toThrow(
      'equation (1) is printed for integral α, found 3/2',
    );
    expect(() => meanFieldModel(paperPolicy({ kind: 'none' }), 'printed')).toThrow(
      'abounce and mbounce only, found none',
    );
  });
});
