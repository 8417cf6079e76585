import { expect, it } from 'vitest';
import { tableFrom } from '../../src/tables/tableFrom.ts';
import figure from '../../stages/figure.ts';
import { given } from './given.ts';

const rows = tableFrom({ i: [1, 2], tail: [0.5, 0.1] }, undefined, 'rows');
const files = (text: string) => ({ '/spec': new TextEncoder().encode(text) });
const spec = `
data: { name: rows }
mark: line
encoding: { x: { field: i, type: quantitative }, y: { field: tail, type: quantitative } }
`;

it('draws the spec that its parameter names, in the formats asked for', async () => {
  const outputs = await figure.run(
    given({ spec: 'figures/tails.vl.yaml', formats: ['svg'] as 'svg'[] }, { rows }, files(spec)),
  );
  expect(Object.keys(outputs).sort()).toEqual(['svg', 'vl']);
  expect(JSON.parse(new TextDecoder().decode(outputs.vl))).toMatchObject({
    mark: 'line',
    datasets: {
      rows: [
        { i: 1, tail: 0.5 },
        { i: 2, tail: 0.1 },
      ],
    },
  });
});

it('names the spec’s file and place in what is wrong with it', async () => {
  const run = (text: string) =>
    figure.run(given({ spec: 'figures/tails.vl.yaml', formats: [] as 'svg'[] }, { rows }, files(text)));
  await expect(async () => run('mark: [')).rejects.toThrow(/^figures\/tails\.vl\.yaml:1:\d+: /);
  await expect(async () => run(spec.replace('field: tail', 'field: tial'))).rejects.toThrow(
    'figures/tails.vl.yaml: encoding.y.field: rows has no column tial; did you mean tail? (there are: i, tail)',
  );
});
