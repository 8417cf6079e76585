import { describe, expect, it } from 'vitest';
import { rowsOf } from '../../src/tables/rows.ts';
import lemma from '../../stages/lemma.ts';
import { numbers, problemsOf, rowOf, runKind } from './runKind.ts';

const PAPER = { lambda: 0.75 };
const additive = { kind: 'abounce', C: 2, d: 10, K: 2 };
const multiplicative = { kind: 'mbounce', alpha: 2, d: 10, K: 2 };

it('puts Lemma 2 beside the sharp growth r^(C+1) = r^C + d', async () => {
  const { summary, exponents } = await runKind(lemma, { ...PAPER, policy: additive });
  const row = rowOf(summary);
  expect(row).toMatchObject({ status: 'converged', verdict: 'holds' });
  expect(row.sharpGrowth).toBeCloseTo(2.5445, 4); // science brief §2
  expect(row.printedGrowth).toBeCloseTo(1.491, 3); // 11^(1/6), science brief §2
  const r = row.sharpGrowth as number;
  expect(r ** 3).toBeCloseTo(r ** 2 + 10, 8);
  const { i, printed } = rowsOf(exponents)[11];
  expect([i, printed]).toEqual([12, ((11 ** 2 - 1) / 10) * -Math.log(0.75)]); // ((d+1)^⌊i/2(K+1)⌋ − 1)/d
  expect(row.looseBy).toBe(numbers(exponents, 'ratio').at(-1));
});

it('puts Lemma 1 beside its exponent (i^log_α(d+1) − 1)/d', async () => {
  const { summary, exponents } = await runKind(lemma, { ...PAPER, policy: multiplicative, levels: 10 });
  expect(rowOf(summary)).toMatchObject({
    status: 'converged',
    verdict: 'holds',
    sharpGrowth: null,
    printedGrowth: null,
  });
  expect(exponents.rows).toBe(10);
  // 8^log₂ 11 = 11³
  expect(rowsOf(exponents)[7].printed).toBeCloseTo(((11 ** 3 - 1) / 10) * -Math.log(0.75), 8);
});

it('has no verdict without a fixed point', async () => {
  const { summary, exponents } = await runKind(lemma, { lambda: 0.8, policy: additive });
  expect(rowOf(summary)).toMatchObject({ status: 'unstable', verdict: 'undecided', looseBy: null });
  expect(exponents.rows).toBe(0);
});

describe('what the lemma kind refuses', () => {
  it.each([
    [{ policy: { kind: 'sq', d: 2 } }, '/policy/kind', 'the lemmas speak of abounce and mbounce, not of sq'],
    [
      { policy: { ...multiplicative, alpha: '5/2' }, equations: 'printed' },
      '/policy/alpha',
      'equation (1) is printed for integral α, found 5/2',
    ],
    [{ policy: additive, lambda: 1 }, '/lambda', 'lambda must be below the service rate 1, found 1'],
    [
      { policy: { ...additive, d: 'all' } },
      '/policy/d',
      'the mean-field equations need a finite number d of sampled queues, found d = all',
    ],
  ])('%o', (params, path, message) => {
    expect(problemsOf(lemma, { ...PAPER, ...params })).toEqual([{ path, message }]);
  });
});
