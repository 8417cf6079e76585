import { Type } from '@sinclair/typebox';
import { defineStage, table } from '../src/engine/stage.ts';
import { type Comparison, type Convergence, convergence } from '../src/science/meanfield/convergence.ts';
import { realPower } from '../src/science/numeric/power.ts';
import { estimateOf } from '../src/science/stats/welch.ts';
import { rowsOf } from '../src/tables/rows.ts';

/** One simulated system with its approximations; a row without an interval had no steady state that was seen. */
interface Row {
  readonly policy: string;
  readonly n: number;
  readonly meanQueue: number;
  readonly meanQueueLo: number | null;
  readonly meanQueueHi: number | null;
  readonly replicates: number;
  readonly meanField: number;
  readonly refined: number | null;
  readonly secondOrder: number | null;
}

const APPROXIMATIONS = [
  { name: 'mean field', column: 'meanField' },
  { name: 'refined', column: 'refined' },
  { name: 'second order', column: 'secondOrder' },
] as const;

const least = (description: string, value: number) => Type.Number({ default: value, minimum: 1, description });

export default defineStage({
  summary: 'Errors of the mean field and of its refinements against n, with the order at which they fall',
  params: Type.Object(
    {
      confidence: Type.Number({
        default: 0.95,
        exclusiveMinimum: 0,
        exclusiveMaximum: 1,
        description: 'Of the simulated intervals, and of the orders',
      }),
      meanFieldFrom: least('Least n that the order of the mean field is fitted to', 1),
      refinedFrom: least('Least n that the order of the refined value is fitted to', 1),
      secondOrderFrom: least('Least n that the order of the second-order value is fitted to', 1),
      within: Type.Number({ default: 0.01, exclusiveMinimum: 0, description: 'Relative error that counts as small' }),
    },
    { additionalProperties: false },
  ),
  inputs: {
    rows: table({
      policy: 'utf8',
      n: 'int32',
      meanQueue: 'float64',
      meanQueueLo: 'float64',
      meanQueueHi: 'float64',
      replicates: 'int32',
      meanField: 'float64',
      refined: 'float64',
      secondOrder: 'float64',
    }),
  },
  outputs: {
    errors: table({
      policy: 'utf8',
      approximation: 'utf8',
      n: 'int32',
      error: 'float64',
      lo: 'float64',
      hi: 'float64',
      resolved: 'bool',
      least: 'float64',
      greatest: 'float64',
      fitted: 'float64',
      order: 'float64',
      orderLo: 'float64',
      orderHi: 'float64',
    }),
    orders: table({
      policy: 'utf8',
      approximation: 'utf8',
      status: 'utf8',
      order: 'float64',
      lo: 'float64',
      hi: 'float64',
      amplitude: 'float64',
      from: 'float64',
      points: 'int32',
      reducedChiSquare: 'float64',
      withinFrom: 'int32',
    }),
  },
  run({ params: { confidence, meanFieldFrom, refinedFrom, secondOrderFrom, within }, inputs }) {
    const rows = rowsOf(inputs.rows) as unknown as readonly Row[];
    const from = { meanField: meanFieldFrom, refined: refinedFrom, secondOrder: secondOrderFrom };
    const studied = [...new Set(rows.map(({ policy }) => policy))].flatMap((policy) =>
      APPROXIMATIONS.map(({ name, column }) => {
        const own = rows.filter((row) => row.policy === policy);
        const comparisons = own.flatMap((row) => comparisonOf(row, row[column], confidence));
        const options = { scale: own[0].meanField, from: from[column], within, confidence };
        return { policy, approximation: name, from: from[column], ...convergence(comparisons, options) };
      }),
    );
    const errors = studied.flatMap(({ errors: own, ...study }) => own.map((error) => ({ ...study, ...error })));
    const ofFit = <K extends keyof Convergence['fit']>(key: K) => studied.map(({ fit }) => fit[key]);
    const ofError = <K extends keyof Convergence['errors'][number]>(key: K) => errors.map((error) => error[key]);
    return {
      errors: {
        policy: errors.map(({ policy }) => policy),
        approximation: errors.map(({ approximation }) => approximation),
        n: ofError('n'),
        error: ofError('error'),
        lo: ofError('lo'),
        hi: ofError('hi'),
        resolved: ofError('resolved'),
        least: ofError('least'),
        greatest: ofError('greatest'),
        fitted: errors.map(({ fit, from: least, n }) =>
          fit.status !== 'fitted' || n < least ? null : Math.abs(fit.amplitude!) * realPower(n, -fit.order!),
        ),
        order: errors.map(({ fit }) => fit.order),
        orderLo: errors.map(({ fit }) => fit.lo),
        orderHi: errors.map(({ fit }) => fit.hi),
      },
      orders: {
        policy: studied.map(({ policy }) => policy),
        approximation: studied.map(({ approximation }) => approximation),
        status: ofFit('status'),
        order: ofFit('order'),
        lo: ofFit('lo'),
        hi: ofFit('hi'),
        amplitude: ofFit('amplitude'),
        from: studied.map((study) => study.from),
        points: ofFit('points'),
        reducedChiSquare: ofFit('reducedChiSquare'),
        withinFrom: studied.map(({ withinFrom }) => withinFrom),
      },
    };
  },
});

/** Nothing where there is no interval to compare with, or no approximation. */
function comparisonOf(row: Row, approximation: number | null, confidence: number): Comparison[] {
  const { n, meanQueue: mean, meanQueueLo: lo, meanQueueHi: hi, replicates } = row;
  if (approximation === null || lo === null || hi === null) return [];
  const estimate = estimateOf({ mean, lo, hi }, confidence, replicates);
  if (estimate === undefined || estimate.standardError === 0) return [];
  return [{ n, value: mean, standardError: estimate.standardError, halfWidth: (hi - lo) / 2, approximation }];
}
