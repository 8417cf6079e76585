import { expect, it } from 'vitest';
import { convergence } from '../../../src/science/meanfield/convergence.ts';

const OPTIONS = { scale: 2, from: 30, within: 0.01, confidence: 0.95 };
const comparison = (n: number, error: number, halfWidth: number) => ({
  n,
  value: 2 + error,
  standardError: halfWidth / 2,
  halfWidth,
  approximation: 2,
});

it('gives errors relative to the scale, and only an upper bound where the interval covers zero', () => {
  const { errors } = convergence([comparison(100, 0.001, 0.004), comparison(10, -0.2, 0.01)], OPTIONS);
  expect(errors.map(({ n, resolved }) => [n, resolved])).toEqual([
    [10, true],
    [100, false],
  ]);
  expect(errors[0].least).toBeCloseTo(0.095, 12);
  expect(errors[0].greatest).toBeCloseTo(0.105, 12);
  expect(errors[1].least).toBe(0);
  expect(errors[1].greatest).toBeCloseTo(0.0025, 12);
});

it('fits the order from the n that it is told', () => {
  const rows = [10, 30, 100, 1000].map((n) => comparison(n, n === 10 ? 5 : 3 / n, 1e-6));
  const { fit } = convergence(rows, OPTIONS);
  expect(fit.points).toBe(3);
  expect(fit.order).toBeCloseTo(1, 6);
  expect(fit.amplitude).toBeCloseTo(1.5, 4);
});

it('is within a bound from the n on after which nothing measured can be outside', () => {
  const rows = [comparison(10, 0.001, 0.001), comparison(30, 0.03, 0.001), comparison(100, 0.01, 0.001)];
  expect(convergence([...rows, comparison(300, 0.003, 0.001)], OPTIONS).withinFrom).toBe(100);
  expect(convergence([...rows, comparison(300, 0.003, 0.1)], OPTIONS).withinFrom).toBeNull();
  expect(() => convergence(rows, { ...OPTIONS, scale: 0 })).toThrow('scale');
});
