import { expect, it } from 'vitest';
import { partsOf, sortOf } from '../../../src/engine/explain/targetParts.ts';

it.each([
  ['tails', 'tails', undefined, undefined, undefined, 'tails'],
  ['tails[C=2]#13', 'tails', undefined, 'C=2', 13, 'tails#'],
  ['tails[C=2,x=a#1]', 'tails', undefined, 'C=2,x=a#1', undefined, 'tails'],
  ['tails.rows[C=2 C=3]', 'tails', 'rows', 'C=2 C=3', undefined, 'tails.rows'],
  ['claim:lighter-tails', 'claim:lighter-tails', undefined, undefined, undefined, 'claim:lighter-tails'],
])('%s is taken apart', (target, stage, output, cell, replicate, sort) => {
  expect(partsOf(target)).toEqual({ stage, output, cell, replicate });
  expect(sortOf(target)).toBe(sort);
});
