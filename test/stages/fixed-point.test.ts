import { describe, expect, it } from 'vitest';
import fixedPoint from '../../stages/fixed-point.ts';
import { numbers, problemsOf, rowOf, runKind } from './runKind.ts';

const abounce = (C: number) => ({ kind: 'abounce', C, d: 10, K: 2 });
const mbounce = (alpha: number | string) => ({ kind: 'mbounce', alpha, d: 10, K: 2 });
const PAPER = { lambda: 0.75 };

describe('the fixed point', () => {
  // science brief §5: SQ(D) is K = 1, T(m) = m with d = D − 1; s_i = λ^((D^i − 1)/(D − 1)), T = Σ λ^((D^i − D)/(D − 1))
  it.each([
    [2, 0.9, 2.614057],
    [3, 0.9, 2.027856],
    [2, 0.99, 5.431997],
    [3, 0.99, 3.857847],
  ])('of SQ(%d) at λ = %d is the closed form', async (D, lambda, jobDelay) => {
    const { summary, tails } = await runKind(fixedPoint, { lambda, policy: { kind: 'sq', d: D - 1 } });
    const row = rowOf(summary);
    expect(row.status).toBe('converged');
    expect(row.jobDelay).toBeCloseTo(jobDelay, 6);
    const exponents = numbers(tails, 'i').map((i) => (D ** i - 1) / (D - 1));
    for (const [i, tail] of numbers(tails, 'tail').entries()) expect(tail).toBeCloseTo(lambda ** exponents[i], 8);
    for (const [i, log] of numbers(tails, 'logTail').entries())
      expect(Math.abs(log - exponents[i] * Math.log(lambda))).toBeLessThanOrEqual(1e-8 * Math.max(1, -log));
    let delay = 0;
    for (const exponent of exponents.slice(1)) delay += lambda ** (exponent - 1);
    expect(row.jobDelay).toBeCloseTo(delay, 8);
  });

  // science brief §5: n = 100, d = 10, K = 2, λ = .75; mean field [x] and refined
  it.each([
    [abounce(2), 2.23536, 2.33739],
    [abounce(3), 2.08997, 2.11031],
    [mbounce(2), 2.23536, 2.33739],
    [mbounce(3), 2.23282, 2.31819],
    [mbounce(6), 2.09066, 2.10715],
  ])('of %o has the reference mean, refined for n = 100 too', async (policy, meanQueue, refined) => {
    const { summary } = await runKind(fixedPoint, { ...PAPER, policy, n: 100 });
    const row = rowOf(summary);
    expect(row.meanQueue).toBeCloseTo(meanQueue, 5);
    expect(row.refinedMeanQueue).toBeCloseTo(refined, 5);
    expect(row.residual).toBeLessThan(1e-12);
    expect(row.truncationError).toBeLessThan(1e-12);
    expect(Math.abs(row.leak as number)).toBeLessThan(1e-12);
  });

  // science brief §5
  it.each([
    ['ABOUNCE C = 2', abounce(2), 'policy', [0.939734, 0.749597, 0.417469, 0.123577, 0.004983]],
    ['MBOUNCE α = 3', mbounce(3), 'policy', [0.939398, 0.748776, 0.416412, 0.122912, 0.005107, 0.000212]],
    ['equation (1), α = 2', mbounce(2), 'printed', [0.982628, 0.865276, 0.463141, 0.000191]],
    ['equation (2), C = K = 2', abounce(2), 'printed', [0.893562, 0.540111, 0.001126]],
  ])('has the reference tails: %s', async (_, policy, equations, expected) => {
    const { tails } = await runKind(fixedPoint, { ...PAPER, policy, equations });
    const tail = numbers(tails, 'tail').slice(1);
    for (const [i, s] of expected.entries()) expect(tail[i]).toBeCloseTo(s, 6);
  });

  it.each([
    [mbounce(2), 2.311236],
    [abounce(2), 1.4348],
  ])('of the printed equations for %o has the reference mean and loses arrivals', async (policy, meanQueue) => {
    const { summary } = await runKind(fixedPoint, { ...PAPER, policy, equations: 'printed' });
    expect(rowOf(summary).meanQueue).toBeCloseTo(meanQueue, 6);
    expect(rowOf(summary).leak).toBeGreaterThan(0.01);
  });

  it('of the corrected equations is that of the policy under the weak comparison', async () => {
    const low = { lambda: 0.6, policy: abounce(3) };
    const corrected = await runKind(fixedPoint, { ...low, equations: 'corrected' });
    const weak = await runKind(fixedPoint, { ...low, policy: { ...abounce(3), comparison: 'weak' } });
    expect(corrected).toEqual(weak);
  });

  it('is a status without numbers where there is none', async () => {
    const { summary, tails } = await runKind(fixedPoint, { lambda: 0.8, policy: abounce(2), n: 100 });
    const { status, residual, truncation, iterations, ...rest } = rowOf(summary);
    expect(status).toBe('unstable');
    expect(Object.values(rest).every((value) => value === null)).toBe(true);
    expect(tails.rows).toBe(0);
  });

  it('keeps the tail in logarithms where the tail itself underflows', async () => {
    const { tails } = await runKind(fixedPoint, { ...PAPER, policy: abounce(2) });
    const logs = numbers(tails, 'logTail');
    expect(logs.at(-1)).toBeLessThan(-700);
    expect(logs.every((log, i) => i === 0 || log < logs[i - 1])).toBe(true);
  });

  it('reads α and λ exactly', async () => {
    const decimal = await runKind(fixedPoint, { lambda: 0.5, policy: mbounce(1.1) });
    const fraction = await runKind(fixedPoint, { lambda: '1/2', policy: mbounce('11/10') });
    expect(decimal).toEqual(fraction);
  });

  it('warns where V/n is not small', async () => {
    const { summary } = await runKind(fixedPoint, { ...PAPER, policy: abounce(2), n: 10 });
    expect(rowOf(summary).refinedWarning).toBe('the corrected tails leave [0, 1] or increase');
  });
});

describe('what the fixed-point kind refuses', () => {
  it.each([
    [
      { policy: mbounce(1.5), equations: 'printed' },
      '/policy/alpha',
      'equation (1) is printed for integral α, found 3/2',
    ],
    [
      { policy: { kind: 'sq', d: 2 }, equations: 'printed' },
      '/equations',
      'the paper prints equations for abounce and mbounce only, found sq',
    ],
    [
      { policy: { ...abounce(2), d: 'all' } },
      '/policy/d',
      'the mean-field equations need a finite number d of sampled queues, found d = all',
    ],
    [
      { policy: { kind: 'abounce', C: 2, K: 2 } },
      '/policy',
      'the mean-field equations need a finite number d of sampled queues, found d = all',
    ],
    [
      { policy: abounce(2), equations: 'corrected', n: 100 },
      '/n',
      'the refined approximation is of equations: policy; leave n out for corrected',
    ],
  ])('%o', (params, path, message) => {
    expect(problemsOf(fixedPoint, { ...PAPER, ...params })).toEqual([{ path, message }]);
  });
});
