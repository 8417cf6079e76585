import { expect, test } from 'vitest';
import { planOf, problemsOf } from './fixture.ts';

const ROWS = 'stages:\n  rows: { uses: join, matrix: { C: [2, 3] } }\n';

test('formulas stay in the texts as they are written', async () => {
  const about = '  The rate\n  $$\\lambda_c = \\frac{1}{2}$$\n  is $\\lambda_c$, and costs $5.\n';
  const plan = await planOf(`${ROWS}about: |\n${about}`);
  expect(plan.chapters[0]!.about).toBe(about.replace(/^ {2}/gm, ''));
});

test('TeX that cannot be set is reported where it stands', async () =>
  expect(
    await problemsOf(`description: "as \`$\\\\nowhere$\` shows, $\\\\nowhere$"
about: |
  First $\\lambda$, then
  $$\\frac{1$$
${ROWS}claims:
  a: { says: 'at $\\color{red}x$', test: { rows: rows.table, every: x } }
`),
  ).toMatchInlineSnapshot(`
    "
    pipeline.yaml:3:21: this TeX cannot be set: unsupported function name: \\nowhere
      3 | description: "as \`$\\\\nowhere$\` shows, $\\\\nowhere$"
        |                     ^^^^^^^^

    pipeline.yaml:6:5: this TeX cannot be set: unexpected end of input in a macro argument, expected '}'
      6 |   $$\\frac{1$$
        |     ^^^^^^^

    pipeline.yaml:10:19: this TeX cannot be set: colours, sizes and boxes are not set here (color:#ff0000)
      10 |   a: { says: 'at $\\color{red}x$', test: { rows: rows.table, every: x } }
         |                   ^^^^^^^^^^^^
    "
  `));
