import { describe, expect, it } from 'vitest';
import exact from '../../stages/exact.ts';
import { numbers, problemsOf, resolved, rowOf, runKind } from './runKind.ts';

const PAIR = { lambda: 0.75 };
const abounce = (C: number) => ({ kind: 'abounce', C, d: 'all', K: 2 });
const mbounce = (alpha: number | string) => ({ kind: 'mbounce', alpha, d: 'all', K: 2 });

describe('the exact pair of queues', () => {
  // science brief §5: n = 2, d = all, K = 2, λ = 0.75
  it.each([
    [abounce(2), 3.2789420516, 4.0733248299, 0.0882189909],
    [abounce(3), 2.9417002968, 3.76021055, 0.0549359685],
    [mbounce(1.5), 3.0975995058, 3.8923267427, 0.0840053378],
    [mbounce(2), 2.8749407033, 3.6716480946, 0.0747819351],
    [mbounce(3), 2.7292940493, 3.5317938951, 0.0652433019],
  ])('has the reference moments of %o', async (policy, meanQueue, jobDelay, migrationFraction) => {
    const { summary, tails, joint } = await runKind(exact, { ...PAIR, policy });
    const row = rowOf(summary);
    expect(row.status).toBe('exact');
    expect(row.meanQueue).toBeCloseTo(meanQueue, 8);
    expect(row.jobDelay).toBeCloseTo(jobDelay, 8);
    expect(row.migrationFraction).toBeCloseTo(migrationFraction, 8);
    expect(row.edgeMass).toBeLessThan(1e-12);
    // E[q] = Σ P(q ≥ i), and the joint law has both queues' mass
    const [, ...tail] = numbers(tails, 'tail');
    expect(tail.reduce((sum, p) => sum + p, 0)).toBeCloseTo(meanQueue, 8);
    expect(numbers(joint, 'probability').reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 8);
    const q1 = numbers(joint, 'q1');
    expect(numbers(joint, 'probability').reduce((sum, p, k) => sum + p * q1[k], 0)).toBeCloseTo(meanQueue, 7);
  });

  // science brief §5: JSQ, n = 2
  it.each([
    [0.5, 0.7131603756],
    [0.75, 1.8360401451],
    [0.9, 4.9274215391],
  ])('joins the shortest queue at λ = %d', async (lambda, meanQueue) => {
    const { summary } = await runKind(exact, { lambda, policy: { kind: 'sq' } });
    expect(rowOf(summary).meanQueue).toBeCloseTo(meanQueue, 8);
  });

  it('is two M/M/1 queues without sharing: E[q] = λ/(1 − λ), T = 1/(1 − λ)', async () => {
    const { summary, tails } = await runKind(exact, { lambda: '3/4', policy: { kind: 'none' } });
    expect(rowOf(summary).meanQueue).toBeCloseTo(3, 8);
    expect(rowOf(summary).jobDelay).toBeCloseTo(4, 8);
    for (const [i, tail] of numbers(tails, 'tail').slice(0, 20).entries()) expect(tail).toBeCloseTo(0.75 ** i, 8);
  });

  it('gives a status and no numbers at and above the threshold', async () => {
    const { summary, tails, joint } = await runKind(exact, { lambda: 0.8942, policy: abounce(2) });
    expect(rowOf(summary)).toEqual({
      status: 'unstable',
      meanQueue: null,
      jobDelay: null,
      pieceSojourn: null,
      migrationFraction: null,
      edgeMass: null,
      levels: 0,
    });
    expect([tails.rows, joint.rows]).toEqual([0, 0]);
  });

  it('says of a box that was asked for that it cuts the queues', async () => {
    const { summary } = await runKind(exact, { ...PAIR, policy: abounce(2), levels: 8 });
    expect(rowOf(summary).status).toBe('truncated');
    expect(rowOf(summary).edgeMass).toBeGreaterThan(1e-3);
  });

  it('reads α exactly: 11/10 is 1.1, in every byte', async () => {
    const [decimal, fraction] = await Promise.all(
      [1.1, '11/10'].map((alpha) => runKind(exact, { lambda: 0.4, policy: mbounce(alpha) })),
    );
    expect(decimal).toEqual(fraction);
  });

  it('does not take α = 1.1 for the nearest double, which is larger', async () => {
    // Under the weak comparison T(20) = 22 migrates at 22; the double's 22.0000000000000018 only at 23.
    const double = '2476979795053773/2251799813685248';
    const at = (alpha: number | string) =>
      runKind(exact, { lambda: 0.85, policy: { ...mbounce(alpha), K: 1, comparison: 'weak' } });
    const [decimal, nearest] = await Promise.all([at(1.1), at(double)]);
    expect(Number('1.1')).toBe(2476979795053773 / 2251799813685248);
    expect(rowOf(decimal.summary).meanQueue).not.toBe(rowOf(nearest.summary).meanQueue);
  });
});

describe('the exact law of three queues', () => {
  it('is of three M/M/1 queues without sharing, with the longest of the three', async () => {
    const { summary, tails, joint, longest, balance } = await runKind(exact, {
      n: 3,
      lambda: 0.4,
      policy: { kind: 'none' },
    });
    expect(rowOf(summary).status).toBe('exact');
    expect(rowOf(summary).meanQueue).toBeCloseTo(2 / 3, 10);
    for (const [i, tail] of numbers(tails, 'tail').slice(0, 12).entries()) expect(tail).toBeCloseTo(0.4 ** i, 11);
    const upTo = (i: number) => (1 - 0.4 ** (i + 1)) ** 3;
    expect(numbers(longest, 'probability')[4]).toBeCloseTo(upTo(4) - upTo(3), 10);
    expect(rowOf(balance).residual).toBeLessThan(1e-13);
    expect(joint).toBeUndefined();
  });

  it('has a status and no numbers above the threshold', async () => {
    const { summary, tails, longest } = await runKind(exact, { n: 3, lambda: 0.86, policy: abounce(2) });
    expect(rowOf(summary)).toMatchObject({ status: 'unstable', meanQueue: null });
    expect(tails.rows).toBe(0);
    expect(longest).toBeUndefined();
  });
});

describe('what the exact kind refuses', () => {
  it.each([
    [
      { lambda: 1, policy: abounce(2) },
      '/lambda',
      'lambda must be below the service rate 1, found 1: every policy is unstable there; say `unstable: allow` if that is meant',
    ],
    [{ lambda: 0, policy: abounce(2) }, '/lambda', 'lambda must be positive, found 0'],
    [
      { lambda: '3/0', policy: abounce(2) },
      '/lambda',
      'lambda: expected a decimal such as 1.1 or a fraction such as 11/10, found "3/0"',
    ],
    [{ ...PAIR, policy: { ...abounce(2), K: 3 } }, '/policy/C', 'ABOUNCE needs C ≥ K, found C = 2 with K = 3'],
    [{ ...PAIR, n: 4, policy: abounce(2), levels: 48 }, '/levels', 'at most 47 levels of 4 queues fit, found 48'],
    [{ ...PAIR, policy: { ...abounce(8), K: 5 }, levels: 4 }, '/levels', 'levels must be at least K = 5, found 4'],
  ])('%o', (params, path, message) => {
    expect(problemsOf(exact, params)).toEqual([{ path, message }]);
  });

  it('a box that does not fit', () => {
    expect(() => resolved(exact, { ...PAIR, policy: abounce(2), levels: 321 })).toThrow('/levels must be <= 320');
  });

  it('nothing at λ = 1 with unstable: allow, and then says so', async () => {
    const { summary } = await runKind(exact, { lambda: 1, policy: abounce(2), unstable: 'allow' });
    expect(rowOf(summary).status).toBe('unstable');
  });
});
