import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRange } from '../../src/study/range.ts';

const MOST = 10_000;

test('both ends, in exact decimals', () => {
  const values = readRange('0.05..0.95 step 0.05', MOST) as number[];
  expect(values).toHaveLength(19);
  // Adding doubles gives 0.15000000000000002, 0.35 and 0.9500000000000003 here.
  expect(values).toEqual(
    '0.05 0.1 0.15 0.2 0.25 0.3 0.35 0.4 0.45 0.5 0.55 0.6 0.65 0.7 0.75 0.8 0.85 0.9 0.95'.split(' ').map(Number),
  );
});

test('steps of one, down, past the end, and with exponents', () => {
  expect(readRange('1..5', MOST)).toEqual([1, 2, 3, 4, 5]);
  expect(readRange('1..0 step -0.25', MOST)).toEqual([1, 0.75, 0.5, 0.25, 0]);
  expect(readRange('0..1 step 0.3', MOST)).toEqual([0, 0.3, 0.6, 0.9]);
  expect(readRange('1e3..3e3 step 1e3', MOST)).toEqual([1000, 2000, 3000]);
  expect(readRange('-1..1', MOST)).toEqual([-1, 0, 1]);
  expect(readRange('2..2', MOST)).toEqual([2]);
});

test('text that is no range stays text', () => {
  for (const text of ['', '..', 'a..b', '../x', 'figures/../x.json', '1.5', 'C=2', '1/2'])
    expect(readRange(text, MOST)).toBeUndefined();
});

test('every value is the decimal that multiplication gives by hand', () => {
  const places = fc.integer({ min: 0, max: 12 });
  const start = fc.integer({ min: -1_000_000, max: 1_000_000 });
  fc.assert(
    fc.property(
      places,
      start,
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 1, max: 50 }),
      (scale, first, step, count) => {
        const decimal = (digits: number) => `${digits}e-${scale}`;
        const text = `${decimal(first)}..${decimal(first + step * (count - 1))} step ${decimal(step)}`;
        const expected = Array.from({ length: count }, (_, k) => Number(decimal(first + k * step)) + 0);
        expect(readRange(text, MOST)).toEqual(expected);
      },
    ),
  );
});

test('a long row of digits that is no range is refused in time linear in its length', () => {
  const started = performance.now();
  expect(readRange(`${'1'.repeat(300_000)}..x`, 10)).toMatchObject({ wrong: 'not a range' });
  // From each digit on it would take minutes.
  expect(performance.now() - started).toBeLessThan(3000);
});
