import { Type } from '@sinclair/typebox';
import { defineStage, table } from '../src/engine/stage.ts';
import { certifiedRates, MOST_DIGITS } from '../src/science/drift/rates.ts';
import { exactThreshold } from '../src/science/exact/threshold.ts';
import { type Rational, toNumber } from '../src/science/numeric/rational.ts';
import { makePolicy } from '../src/science/policy/policy.ts';
import { PolicyParameter } from './parameters/policy.ts';
import { BreakpointsParameter, checkSearched } from './parameters/searched.ts';
import { functionRows, functionTable, provedInterval } from './search/found.ts';

export default defineStage({
  summary: 'The rates that piecewise-linear test functions of two queues prove stable and unstable, from both sides',
  params: Type.Object(
    {
      policy: PolicyParameter,
      breakpoints: BreakpointsParameter,
      digits: Type.Integer({
        default: 12,
        minimum: 3,
        maximum: MOST_DIGITS,
        description: 'Decimal places of the two rates',
      }),
    },
    { additionalProperties: false },
  ),
  inputs: {},
  outputs: {
    summary: table({
      stable: 'float64',
      stableExact: 'utf8',
      stableFrom: 'float64',
      stableMargin: 'float64',
      stableExceptions: 'float64',
      unstable: 'float64',
      unstableExact: 'utf8',
      unstableTo: 'float64',
      unstableMargin: 'float64',
      unstableExceptions: 'float64',
      gap: 'float64',
      induced: 'float64',
    }),
    functions: functionTable,
  },
  check: ({ policy, breakpoints }) => checkSearched(policy, breakpoints),
  run({ params: { policy, breakpoints, digits } }) {
    const { stable, unstable, gap } = certifiedRates({ policy, breakpoints, digits });
    return {
      summary: {
        stable: [toNumber(stable.lambda)],
        stableExact: [decimal(stable.lambda, digits)],
        stableFrom: [provedInterval(stable).from],
        stableMargin: [stable.found && toNumber(stable.found.margin)],
        stableExceptions: [stable.found?.certificate.exceptionalSetSize ?? null],
        unstable: [toNumber(unstable.lambda)],
        unstableExact: [decimal(unstable.lambda, digits)],
        unstableTo: [provedInterval(unstable).to],
        unstableMargin: [unstable.found && toNumber(unstable.found.margin)],
        unstableExceptions: [unstable.found?.certificate.exceptionalSetSize ?? null],
        gap: [toNumber(gap)],
        // Found apart from the search, in floating point: what the two rates have to enclose.
        induced: [exactThreshold({ policy: makePolicy(policy) }).lambdaCritical],
      },
      functions: functionRows([stable, unstable]),
    };
  },
});

/** A rate with all its decimal places, which a double would not keep. */
function decimal({ num, den }: Rational, digits: number): string {
  const all = ((num * 10n ** BigInt(digits)) / den).toString().padStart(digits + 1, '0');
  return `${all.slice(0, -digits)}.${all.slice(-digits)}`;
}
