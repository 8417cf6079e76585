import { expect, test } from 'vitest';
import { mostOrdered, orbitOf, visitBox, visitCorner, visitWork } from '../../../src/science/drift/scan.ts';

test.each([2, 3, 4])('the orbits of the ordered states of a box add up to box^n, n = %i', (n) => {
  let states = 0;
  visitBox(n, 5, (_, orbit) => {
    states += orbit;
  });
  expect(states).toBe(5 ** n);
});

test('orbits count distinct permutations', () => {
  expect(
    [
      [3, 2, 1],
      [2, 2, 1],
      [1, 1, 1],
      [4, 4, 2, 2],
    ].map((q) => orbitOf(Int32Array.from(q))),
  ).toEqual([6, 3, 1, 6]);
});

test('a box and the bounded work around it hold every state of that work once', () => {
  const seen = new Set<string>();
  const visit = (q: Int32Array): void => {
    expect(seen.has(String(q))).toBe(false);
    seen.add(String(q));
  };
  visitBox(3, 4, visit);
  visitWork(3, 9, 4, visit);
  let expected = 0;
  for (let a = 0; a <= 9; a++) {
    for (let b = 0; b <= a; b++) for (let c = 0; c <= b; c++) if (a + b + c <= 9 || a < 4) expected++;
  }
  expect(seen.size).toBe(expected);
});

test('a box and the corner around it hold every state of the corner once', () => {
  let states = 0;
  visitBox(2, 6, (_, orbit) => {
    states += orbit;
  });
  visitCorner({ M: 8, G: 7 }, 6, (_, orbit) => {
    states += orbit;
  });
  expect(states).toBe(8 + 2 * 8 * 6);
});

test.each([
  [2, 30],
  [3, 12],
  [4, 20],
])('the estimate for n = %i, work %i is no less than the count', (n, work) => {
  let states = 0;
  visitWork(n, work, 0, () => {
    states++;
  });
  expect(mostOrdered(n, work)).toBeGreaterThanOrEqual(states);
  expect(mostOrdered(n, work)).toBeLessThan(4 * states);
});
