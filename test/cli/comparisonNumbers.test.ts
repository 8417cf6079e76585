import { expect, it } from 'vitest';
import { numbersSection } from '../../src/cli/comparisonNumbers.ts';

it('counts rows of one side alone as parts of that side', () => {
  const sections = numbersSection(
    [
      {
        table: 'sim.rows',
        keys: ['C', 'look'],
        byPlace: false,
        rows: { from: 6, to: 4, matched: 3, added: 1, removed: 3 },
        addedColumns: ['y'],
        removedColumns: [],
        columns: [],
      },
    ],
    false,
  );
  expect(sections.at(-1)?.lines).toEqual([
    '  sim.rows: 1 of 4 rows new, 3 of 6 rows gone, new columns y, matched by C, look',
  ]);
});
