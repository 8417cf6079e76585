import { expect, it } from 'vitest';
import { parseRational, sub, toNumber } from '../../src/science/numeric/rational.ts';
import { rowsOf } from '../../src/tables/rows.ts';
import certifiedRates from '../../stages/certified-rates.ts';
import testFunction from '../../stages/test-function.ts';
import { problemsOf, resolved, rowOf, runKind } from './runKind.ts';

const policy = { kind: 'abounce', C: 2, d: 'all', K: 2 };

it('encloses the threshold by two decimals, each with its function', async () => {
  const { summary, functions } = await runKind(certifiedRates, { policy, breakpoints: 6, digits: 9 });
  const row = rowOf(summary);
  // Source: the optimum of six slopes, 0.89234686671358 and 0.89410762898019 with 14 places.
  expect(row).toMatchObject({
    stableExact: '0.892346866',
    unstableExact: '0.894107629',
    stableFrom: 0,
    unstableTo: null,
  });
  const [stable, unstable] = [row.stableExact, row.unstableExact].map((text) => parseRational(text as string));
  expect([row.stable, row.unstable, row.gap]).toEqual([stable, unstable, sub(unstable, stable)].map(toNumber));
  expect(row.induced).toBeCloseTo(0.894104, 6);
  expect(row).toMatchObject({ stableExceptions: 13, unstableExceptions: 0 });
  const sides = rowsOf(functions).map(({ side }) => side);
  expect(sides).toEqual([...new Array(6).fill('stable'), ...new Array(6).fill('unstable')]);
});

it('agrees with what is found at one rate', async () => {
  const row = rowOf((await runKind(certifiedRates, { policy, breakpoints: 5, digits: 6 })).summary);
  const at = async (lambda: string, side: string) =>
    rowOf((await runKind(testFunction, { lambda, side, policy, breakpoints: 5 })).summary).status;
  expect(await at(row.stableExact as string, 'stable')).toBe('certified-stable');
  expect(await at(row.unstableExact as string, 'unstable')).toBe('certified-unstable');
  for (const side of ['stable', 'unstable']) expect(await at('0.8937', side)).toBe('none-exists');
});

it('refuses what has no meaning', () => {
  const refuse = (params: object) => () => resolved(certifiedRates, { policy, breakpoints: 4, ...params });
  expect(refuse({ breakpoints: 0 })).toThrow('/breakpoints must be >= 1');
  expect(refuse({ digits: 31 })).toThrow('/digits must be <= 30');
  const close = { kind: 'mbounce', alpha: '1000001/1000000', K: 2 };
  expect(problemsOf(certifiedRates, { policy: close, breakpoints: 4 })[0].message).toContain('α is too close to 1');
});
