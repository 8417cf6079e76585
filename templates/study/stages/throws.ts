import { streamUniform } from 'driftline/science/random/uniform';
import { tInterval } from 'driftline/science/stats/interval';
import { defineStage, Type, table } from 'driftline/stage';

/** A kind of stage: what it takes, what it gives, and a function from one to the other. All types follow from these. */
export default defineStage({
  summary: 'Estimate π by throwing darts at a square with a circle in it',
  params: Type.Object(
    { darts: Type.Integer({ minimum: 1, description: 'Darts thrown in each repetition' }) },
    { additionalProperties: false },
  ),
  inputs: {},
  outputs: {
    estimate: table({ pi: 'float64', lo: 'float64', hi: 'float64', error: 'float64' }),
  },
  replicates: {
    outputs: { throws: table({ pi: 'float64' }) },
    /** All repetitions in one row: their mean with its 95 % interval, and the root of the mean squared error of one. */
    combine({ replicates }) {
      const estimates = replicates.throws.map(({ columns }) => columns.pi[0] ?? Number.NaN);
      const { mean, lo, hi } = tInterval(estimates, 0.95);
      const squares = estimates.map((pi) => (pi - Math.PI) ** 2);
      const error = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
      return { estimate: { pi: [mean], lo: [lo], hi: [hi], error: [error] } };
    },
  },
  /** One repetition. All chance comes from the seed, which is another in each: the same study gives the same numbers. */
  run({ params, seed }) {
    const uniform = streamUniform(seed, 'darts');
    let hits = 0;
    for (let dart = 0; dart < params.darts; dart++) {
      const x = uniform();
      const y = uniform();
      if (x * x + y * y < 1) hits++;
    }
    return { throws: { pi: [(4 * hits) / params.darts] } };
  },
});
