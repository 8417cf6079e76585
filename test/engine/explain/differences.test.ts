import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differences, distance } from '../../../src/engine/explain/differences.ts';

describe('differences', () => {
  it('are the leaves that differ, by their path, with what is only on one side', () => {
    expect(differences({ a: { b: 1, c: [1, { x: 1 }] }, d: 1 }, { a: { b: 1, c: [1, { x: 2 }] }, e: 1 })).toEqual([
      { path: 'a.c.1.x', from: 1, to: 2 },
      { path: 'd', from: 1 },
      { path: 'e', to: 1 },
    ]);
  });

  it('of lists of other lengths, and of a list and an object, are the whole', () => {
    expect(differences({ a: [1] }, { a: [1, 2] })).toEqual([{ path: 'a', from: [1], to: [1, 2] }]);
    expect(differences({ a: [1] }, { a: { 0: 1 } })).toEqual([{ path: 'a', from: [1], to: { 0: 1 } }]);
  });

  it('know no names but own ones', () => {
    expect(differences({}, { constructor: 1 })).toEqual([{ path: 'constructor', to: 1 }]);
    expect(distance({ toString: 1 }, {})).toBe(1);
  });

  it('are none of a value and its copy, and are counted by the distance', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(value, value, (from, to) => {
        expect(differences(from, structuredClone(from))).toEqual([]);
        expect(distance(from, to)).toBe(differences(from, to).length);
        expect(distance(from, to)).toBe(distance(to, from));
      }),
    );
  });
});
