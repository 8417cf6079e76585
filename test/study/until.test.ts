// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of a study
import { describe, expect, it } from 'vitest';
import { CONTRACTS, kinds, planOf, problemsOf } from './fixture.ts';

/** A kind whose replicates measure something, with more than one table. */
const replicateOutputs = {
  tails: { type: 'table', schema: { i: 'int32', tail: 'float64' } },
  summary: { type: 'table', schema: { jobDelay: 'float64', tail: 'float64', stability: 'utf8' } },
  path: { type: 'table', schema: { time: 'float64' }, optional: true },
} as const;
const contracts: typeof CONTRACTS = {
  ...CONTRACTS,
  simulate: { ...CONTRACTS.simulate, replicateOutputs },
  named: { ...CONTRACTS.simulate, replicateOutputs, outputs: { decisions: { type: 'table' } } },
};
const options = {
  kinds: async (uses: string) => (Object.hasOwn(contracts, uses) ? { found: contracts[uses] } : kinds(uses)),
};

/** A stage `s` with these replicates. */
const study = (
  replicates: string,
  more = '',
  uses = 'simulate',
  matrix = 'C: [2, 3]',
) => `params: { most: 20, width: 0.01 }
stages:
  s:
    uses: ${uses}
    matrix: { ${matrix} }
    replicates: ${replicates}
    with: { n: 1, lambda: 0.5 }
${more}`;
const planned = async (replicates: string, more?: string) => {
  const { stages } = await planOf(study(replicates, more), options);
  return stages.find(({ name }) => name === 's')!;
};
const problems = (...args: Parameters<typeof study>) => problemsOf(study(...args), options);

describe('replicates with until', () => {
  it('are read with their parameters, the confidence 95 % unless told', async () => {
    const relative =
      '{ min: 4, max: "${params.most}", until: { metric: jobDelay, relativeHalfWidth: "${params.width}" } }';
    expect(await planned(relative)).toMatchObject({
      replicates: 20,
      until: {
        min: 4,
        metric: { output: 'summary', column: 'jobDelay' },
        width: { relative: 0.01 },
        confidence: 0.95,
      },
    });
    const absolute = '{ min: 2, max: 2, until: { metric: summary.tail, halfWidth: 3, confidence: 0.9 } }';
    expect(await planned(absolute)).toMatchObject({
      until: { metric: { output: 'summary', column: 'tail' }, width: { absolute: 3 }, confidence: 0.9 },
    });
    expect(await planned('7')).not.toHaveProperty('until');
  });

  it('give a table of decisions, whichever stage is declared first', async () => {
    const until = '{ min: 4, max: 8, until: { metric: jobDelay, halfWidth: 1 } }';
    const join = (name: string, from: string) => `  ${name}:
    uses: join
    inputs: { d: ${from} }
    with: {}
`;
    await planned(until, join('after', 's.decisions'));
    const before = `stages:\n${join('a', 's.decisions')}${study(until).split('stages:\n')[1]}`;
    expect((await planOf(before, options)).stages.map(({ name }) => name)).toEqual(['s', 'a']);
    expect(await problems('8', join('after', 's.decisions'))).toMatchInlineSnapshot(`
      "
      pipeline.yaml:12:20: stage "s" has no output "decisions"
        12 |     inputs: { d: s.decisions }
           |                    ^^^^^^^^^
        expected one of "tails", "summary"
      "
    `);
    expect(await problems(until, join('after', 's.decision'))).toMatchInlineSnapshot(`
      "
      pipeline.yaml:12:20: stage "s" has no output "decision"
        12 |     inputs: { d: s.decision }
           |                    ^^^^^^^^
        expected one of "tails", "summary", "decisions"
        did you mean "decisions"?
      "
    `);
  });

  it('have a metric that the kind’s replicates give, by one name', async () => {
    const of = (metric: string) => problems(`{ min: 4, max: 8, until: { metric: ${metric}, halfWidth: 1 } }`);
    expect(await of('jobDelya')).toMatchInlineSnapshot(`
      "
      pipeline.yaml:8:52: a replicate of the kind "simulate" gives no number "jobDelya"
        8 |     replicates: { min: 4, max: 8, until: { metric: jobDelya, halfWidth: 1 } }
          |                                                    ^^^^^^^^
        expected one of "tails.i", "tails.tail", "summary.jobDelay", "summary.tail"
        did you mean "jobDelay"?
      "
    `);
    expect(await of('tail')).toMatchInlineSnapshot(`
      "
      pipeline.yaml:8:52: the metric "tail" may be "tails.tail" or "summary.tail"
        8 |     replicates: { min: 4, max: 8, until: { metric: tail, halfWidth: 1 } }
          |                                                    ^^^^
        expected the table’s name before it
      "
    `);
    expect(await of('stability')).toContain('gives no number "stability"');
    expect(await of('path.time')).toContain('gives no number "path.time"'); // a replicate may leave it out
    expect(await of('3')).toContain('`metric` is 3');
    expect(await of('"${matrix.C}"')).toContain('this is the same for all cells and cannot depend on the matrix');
  });

  it('say what is wrong, all of it', async () => {
    expect(
      await problems(
        '{ min: 1, max: 9.5, until: { metric: jobDelay, relativeHalfWidth: 0, confidence: 95 }, till: 3 }',
      ),
    ).toMatchInlineSnapshot(`
      "
      pipeline.yaml:8:24: \`min\` is 1
        8 |     replicates: { min: 1, max: 9.5, until: { metric: jobDelay, relativeHalfWidth: 0, confidence: 9…
          |                        ^
        expected an integer ≥ 2, for one replicate tells nothing of the spread

      pipeline.yaml:8:32: \`max\` is 9.5
        8 |     replicates: { min: 1, max: 9.5, until: { metric: jobDelay, relativeHalfWidth: 0, confidence: 9…
          |                                ^^^
        expected an integer from 2 to 1000000

      pipeline.yaml:8:83: \`relativeHalfWidth\` is 0
        8 | …s: { min: 1, max: 9.5, until: { metric: jobDelay, relativeHalfWidth: 0, confidence: 95 }, till: 3 …
          |                                                                       ^
        expected a number > 0

      pipeline.yaml:8:98: \`confidence\` is 95
        8 | …s: { min: 1, max: 9.5, until: { metric: jobDelay, relativeHalfWidth: 0, confidence: 95 }, till: 3 …
          |                                                                                      ^^
        expected a number between 0 and 1

      pipeline.yaml:8:104: unknown key "till" in \`replicates\`
        8 | …s: { min: 1, max: 9.5, until: { metric: jobDelay, relativeHalfWidth: 0, confidence: 95 }, till: 3 …
          |                                                                                            ^^^^
        expected one of "min", "max", "until"
      "
    `);
    expect(await problems('{ min: 5, max: 4 }')).toMatchInlineSnapshot(`
      "
      pipeline.yaml:8:17: \`replicates\` lacks \`until\`
        8 |     replicates: { min: 5, max: 4 }
          |                 ^^^^^^^^^^^^^^^^^^
        expected until: { metric, relativeHalfWidth }; or a number of replicates alone

      pipeline.yaml:8:32: \`max\` is 4
        8 |     replicates: { min: 5, max: 4 }
          |                                ^
        expected an integer from 5 to 1000000
      "
    `);
    expect(await problems('{ until: { metric: jobDelay } }')).toMatchInlineSnapshot(`
      "
      pipeline.yaml:8:17: \`replicates\` lacks \`max\`
        8 |     replicates: { until: { metric: jobDelay } }
          |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        expected max: an integer from 2 to 1000000

      pipeline.yaml:8:17: \`replicates\` lacks \`min\`
        8 |     replicates: { until: { metric: jobDelay } }
          |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        expected min: an integer ≥ 2, for one replicate tells nothing of the spread

      pipeline.yaml:8:26: \`until\` has neither \`relativeHalfWidth\` nor \`halfWidth\`
        8 |     replicates: { until: { metric: jobDelay } }
          |                          ^^^^^^^^^^^^^^^^^^^^
        expected one of them
      "
    `);
    expect(
      await problems('{ min: 4, max: 8, until: { metric: jobDelay, halfWidth: 1, relativeHalfWidth: 1 } }'),
    ).toContain('`until` has both `relativeHalfWidth` and `halfWidth`');
    expect(await problems('{ min: 4, max: 8, until: [jobDelay] }')).toContain('`until` must be a map, found a list');
  });

  it('are refused where the table of decisions would have a column or a name twice', async () => {
    const until = '{ min: 4, max: 8, until: { metric: jobDelay, halfWidth: 1 } }';
    expect(await problems(until, '', 'simulate', 'look: [1, 2]')).toMatchInlineSnapshot(`
      "
      pipeline.yaml:8:42: the axis "look" has the name of a column of the table of what \`until\` decides
        8 |     replicates: { min: 4, max: 8, until: { metric: jobDelay, halfWidth: 1 } }
          |                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        expected an axis that is none of "look", "replicates", "mean", "halfWidth", "relative", "confidence", "verdict"
      "
    `);
    expect(await problems(until, '', 'named')).toMatchInlineSnapshot(`
      "
      pipeline.yaml:8:5: the kind "named" has an output "decisions", as the table of what \`until\` decides is called
        8 |     replicates: { min: 4, max: 8, until: { metric: jobDelay, halfWidth: 1 } }
          |     ^^^^^^^^^^
        expected another name for that output, or a number of replicates
      "
    `);
  });

  it('belong to kinds that combine replicates', async () => {
    const until = '{ min: 4, max: 8, until: { metric: jobDelay, halfWidth: 1 } }';
    expect(await problems(until, '', 'join')).toContain('the kind "join" has no replicates');
  });
});
