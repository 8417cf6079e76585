import { describe, expect, it } from 'vitest';
import { rowsOf } from '../../src/tables/rows.ts';
import type { Table } from '../../src/tables/table.ts';
import { tableFrom } from '../../src/tables/tableFrom.ts';
import contrast from '../../stages/contrast.ts';
import { given } from './given.ts';
import { combineKind, problemsOf, resolved } from './runKind.ts';

const PARAMS = { n: 20, lambda: 0.5, events: 20_000 };

const policies = (...specs: object[]): Table =>
  tableFrom(
    { rule: specs.map((_, k) => `rule ${k}`), policy: specs.map((spec) => JSON.stringify(spec)) },
    { rule: 'utf8', policy: 'utf8' },
    'policies',
  );

const additive = (C: number) => ({ kind: 'abounce', C, d: 5, K: 2 });

/** The replicates of a contrast, each with a seed of its own. */
async function run(given_: Table, { replicates = 4, ...more }: { replicates?: number; nearby?: number[] } = {}) {
  const params = resolved(contrast, { ...PARAMS, ...more });
  const runs = await Promise.all(
    Array.from({ length: replicates }, async (_, r) => {
      const context = { ...given(params as never, { policies: given_ }), seed: `${r}`.padStart(64, '7') };
      const { runs: table } = (await contrast.run(context)) as { runs: Record<string, ArrayLike<unknown>> };
      return { runs: tableFrom(table, contrast.replicates!.outputs.runs.schema, 'runs') };
    }),
  );
  return rowsOf((await combineKind(contrast, { ...PARAMS, ...more }, runs)).summary);
}

describe('a contrast of policies', () => {
  it('gives equal policies equal numbers to the last bit: they share every draw', async () => {
    const [first, twin] = await run(policies(additive(2), { kind: 'table', thresholds: [2], d: 5, K: 2 }));
    expect(twin.jobDelay).toBe(first.jobDelay);
    expect(twin).toMatchObject({ saved: 0, savedLo: 0, savedHi: 0, gain: 0, gainLo: 0, gainHi: 0 });
  });

  it('has narrower intervals of a difference than independent runs would', async () => {
    const [a, b] = await run(policies(additive(2), additive(3)), { replicates: 8 });
    const half = (lo: unknown, hi: unknown): number => ((hi as number) - (lo as number)) / 2;
    const independent = Math.hypot(half(a.lo, a.hi), half(b.lo, b.hi));
    expect(half(b.savedLo, b.savedHi)).toBeLessThan(0.7 * independent);
  });

  it('says what the first policy saves: the difference, and its share of the other’s delay', async () => {
    const [first, second] = await run(policies(additive(3), { kind: 'none', d: 5, K: 2 }), { replicates: 1 });
    const [a, b] = [first.jobDelay as number, second.jobDelay as number];
    expect(second.saved).toBeCloseTo(b - a, 12);
    expect(second.gain).toBeCloseTo(100 * (1 - a / b), 12);
    // Of one replicate nothing is known about the spread.
    expect([second.savedLo, second.gainHi, second.lo]).toEqual([null, null, null]);
  });

  it('moves C and α by what is asked for, where the policy exists', async () => {
    const rows = await run(policies(additive(2), { kind: 'mbounce', alpha: '3/2', d: 5, K: 2 }), {
      replicates: 2,
      nearby: [-1, 1],
    });
    expect(rows.map(({ rule, C, alpha }) => [rule, C, alpha])).toEqual([
      ['rule 0', 2, null],
      ['rule 0', 3, null],
      ['rule 1', null, 1.5],
      ['rule 1', null, 2.5],
    ]);
  });

  it('shows no interval of a system that grows, nor of its difference', async () => {
    const growing = { kind: 'sq', d: 19, K: 4 };
    const params = { n: 20, lambda: 0.9, events: 60_000 };
    const context = given(resolved(contrast, params) as never, { policies: policies(additive(8), growing) });
    const { runs } = (await contrast.run(context)) as { runs: Record<string, ArrayLike<unknown>> };
    const table = tableFrom(runs, contrast.replicates!.outputs.runs.schema, 'runs');
    const { summary } = await combineKind(contrast, params, [{ runs: table }, { runs: table }, { runs: table }]);
    const [, row] = rowsOf(summary);
    expect(row).toMatchObject({ stability: 'unstable', lo: null, hi: null, savedLo: null, gainLo: null, gainHi: null });
  });

  it('refuses what cannot be simulated', async () => {
    expect(problemsOf(contrast, { ...PARAMS, lambda: 1.2 })).toEqual([
      { path: '/lambda', message: 'lambda must be below the service rate 1, found 1.2' },
    ]);
    expect(problemsOf(contrast, { ...PARAMS, n: 2 ** 30 })[0].path).toBe('/n');
    await expect(run(policies({ kind: 'abounce', C: 1, K: 2 }))).rejects.toThrow(
      'the policy of the rule rule 0 cannot be read: ABOUNCE needs C ≥ K, found C = 1 with K = 2',
    );
    await expect(run(policies())).rejects.toThrow('the input `policies` has no rows');
  });
});
