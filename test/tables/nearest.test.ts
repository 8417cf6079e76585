import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance, nearest } from '../../src/tables/nearest.ts';

test('finds what was meant', () => {
  const names = ['lambda', 'policy', 'events', 'warmup', 'replicates'];
  expect(nearest('lamda', names)).toBe('lambda');
  expect(nearest('ploicy', names)).toBe('policy');
  expect(nearest('Events', names)).toBe('events');
  expect(nearest('replicate', names)).toBe('replicates');
  expect(nearest('horizon', names)).toBeUndefined();
  expect(nearest('k', ['C', 'n'])).toBeUndefined();
  expect(nearest('c', ['n', 'C'])).toBe('C');
  expect(nearest('x'.repeat(1000), ['x'.repeat(999)])).toBeUndefined();
});

test('ties go to the first in code point order, whatever the order given', () => {
  expect(nearest('tail', ['tails', 'tailb'])).toBe('tailb');
  expect(nearest('tail', ['tailb', 'tails'])).toBe('tailb');
});

test('a distance is a metric of swaps, insertions, deletions and changes', () => {
  expect(['', 'abc', 'acb', 'ab', 'abcd', 'xyz'].map((other) => editDistance('abc', other))).toEqual([
    3, 0, 1, 1, 1, 3,
  ]);
  const word = fc.string({ maxLength: 8 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});
