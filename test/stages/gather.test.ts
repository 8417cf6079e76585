import { expect, it } from 'vitest';
import { tableFrom } from '../../src/tables/tableFrom.ts';
import gather from '../../stages/gather.ts';
import { plain } from '../tables/arbitraryTable.ts';
import { given } from './given.ts';

it('stacks the cells’ tables in order, as a table and as CSV', async () => {
  const cell = (tail: number) => tableFrom({ tail: [tail] }, { tail: 'float64' }, 'tails');
  const { table, csv } = await gather.run(given({ parts: [{ C: 2 }, { C: 3 }] }, { 0: cell(1), 1: cell(0.5) }));
  expect(plain(table).columns).toEqual({ C: [2, 3], tail: [1, 0.5] });
  expect(new TextDecoder().decode(csv)).toBe('C,tail\n2,1\n3,0.5\n');
});
