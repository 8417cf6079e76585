import { expect, it } from 'vitest';
import type { AnyStage } from '../../src/engine/describe.ts';
import certifiedRates from '../../stages/certified-rates.ts';
import drift from '../../stages/drift.ts';
import exact from '../../stages/exact.ts';
import fixedPoint from '../../stages/fixed-point.ts';
import simulate from '../../stages/simulate.ts';
import testFunction from '../../stages/test-function.ts';
import threshold from '../../stages/threshold.ts';
import transient from '../../stages/transient.ts';

/** Parameters and columns that studies elsewhere are written against: more may come, none of these may go. */
const PROMISED: readonly (readonly [kind: AnyStage, params: string, columns: Readonly<Record<string, string>>])[] = [
  [
    simulate,
    'n lambda policy events warmup start record',
    {
      tails: 'i tail lo hi',
      summary: 'meanQueue jobDelay pieceSojourn migrationFraction flowBalanceZ',
      path: 'time meanQueue',
      delay: '',
    },
  ],
  [
    fixedPoint,
    'lambda policy equations',
    {
      tails: 'i tail logTail',
      summary: 'status residual truncation truncationError meanQueue jobDelay migrationFraction leak',
    },
  ],
  [
    transient,
    'lambda policy equations',
    {
      tails: 'time i tail logTail',
      summary: 'time status residual truncation truncationError meanQueue jobDelay migrationFraction leak',
    },
  ],
  [exact, 'lambda policy', { summary: 'meanQueue jobDelay migrationFraction edgeMass', tails: 'i tail', joint: '' }],
  [threshold, 'method n policy', { summary: 'lambdaCritical lo hi status' }],
  [
    certifiedRates,
    'policy breakpoints digits',
    {
      summary: 'stable stableExact stableFrom unstable unstableExact unstableTo gap induced',
      functions: 'side D slope slopeExact value valueExact',
    },
  ],
  [
    testFunction,
    'lambda policy side breakpoints',
    {
      summary: 'status conclusion bestMargin margin marginExact provesFrom provesTo exceptionalSetSize jumpBound',
      function: 'side D slope slopeExact value valueExact',
    },
  ],
  [drift, 'function lambda policy n box', { summary: 'verdict worstDrift worstState exceptionalSetSize', states: '' }],
];

const words = (text: string): string[] => text.split(' ').filter(Boolean);

it.each(PROMISED)('keeps what was promised: $summary', (kind, params, columns) => {
  expect(Object.keys(kind.params.properties)).toEqual(expect.arrayContaining(words(params)));
  for (const [output, names] of Object.entries(columns)) {
    expect(Object.keys(kind.outputs[output].schema)).toEqual(expect.arrayContaining(words(names)));
  }
});

it('keeps the parameters and words of a policy', () => {
  for (const [kind] of PROMISED) {
    const { properties } = kind.params.properties.policy;
    expect(Object.keys(properties)).toEqual(['kind', 'C', 'alpha', 'thresholds', 'd', 'K', 'comparison']);
    expect(properties.kind.enum).toEqual(['none', 'sq', 'abounce', 'mbounce', 'table']);
    expect(properties.comparison.enum).toEqual(['strict', 'weak']);
  }
});
