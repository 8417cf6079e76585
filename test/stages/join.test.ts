import { expect, it } from 'vitest';
import { rowsOf } from '../../src/tables/rows.ts';
import { tableFrom } from '../../src/tables/tableFrom.ts';
import join from '../../stages/join.ts';
import { given } from './given.ts';

const simulated = tableFrom({ C: [2, 3], tail: [0.1, 0.01] }, undefined, 'simulated');
const predicted = tableFrom({ C: [2, 3], mean: [0.2, 0.02] }, undefined, 'predicted');

it('joins its inputs as declared', async () => {
  const verbs = [{ join_left: { with: 'predicted', on: ['C'] } }, { derive: { log10: 'd => op.log10(d.tail)' } }];
  const { table } = await join.run(given({ verbs }, { simulated, predicted }));
  expect(rowsOf(table).map((row) => ({ ...row }))).toEqual([
    { C: 2, tail: 0.1, mean: 0.2, log10: -1 },
    { C: 3, tail: 0.01, mean: 0.02, log10: -2 },
  ]);
});

it('reports what is wrong with verbs when the study is read, each at its place', () => {
  const verbs = [{ filtre: 'd => d.x' }, { derive: { y: 3 } }, { join: { with: 'anything', onn: 'x' } }];
  expect(join.check?.({ verbs })).toEqual([
    { path: '/verbs/0', message: expect.stringContaining('there is no verb filtre; did you mean filter?') },
    { path: '/verbs/1/derive/y', message: 'expected an expression, such as "d => d.x", found 3' },
    { path: '/verbs/2/join/onn', message: 'unknown key onn (there are: with, on, suffix)' },
  ]);
});
