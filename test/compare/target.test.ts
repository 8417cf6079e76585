import { describe, expect, it } from 'vitest';
import { leafChanges } from '../../src/compare/leaves.ts';
import { targetParts } from '../../src/compare/target.ts';

describe('a target', () => {
  it('is taken apart, whatever a cell is called', () => {
    expect(targetParts('stage')).toEqual({ stage: 'stage', cell: '' });
    expect(targetParts('stage[C=2,lambda=0.75]#13')).toEqual({
      stage: 'stage',
      cell: 'C=2,lambda=0.75',
      replicate: 13,
    });
    expect(targetParts('stage#0')).toEqual({ stage: 'stage', cell: '', replicate: 0 });
    expect(targetParts('stage.tails')).toEqual({ stage: 'stage', output: 'tails', cell: '' });
    expect(targetParts('stage.tails[C=2.5 C=3]')).toEqual({ stage: 'stage', output: 'tails', cell: 'C=2.5 C=3' });
    expect(targetParts('claim:is-so')).toEqual({ stage: 'claim:is-so', cell: '' });
    expect(targetParts('stage[name=a[1]#2.x]')).toEqual({ stage: 'stage', cell: 'name=a[1]#2.x' });
    expect(targetParts('')).toBeUndefined();
  });
});

describe('leaves in which values differ', () => {
  it('are named by their path; lists of mappings are looked into, other lists are leaves', () => {
    const from = { a: { b: 1, c: [1, 2] }, layer: [{ mark: 'line' }, { mark: 'bar' }], gone: null };
    const to = { a: { b: 2, c: [1, 3] }, layer: [{ mark: 'line' }, { mark: 'rule' }, { mark: 'point' }], fresh: 1 };
    expect(leafChanges(from, to)).toEqual([
      { path: 'a.b', from: 1, to: 2 },
      { path: 'a.c', from: [1, 2], to: [1, 3] },
      { path: 'fresh', to: 1 },
      { path: 'gone', from: null },
      { path: 'layer[1].mark', from: 'bar', to: 'rule' },
      { path: 'layer[2]', to: { mark: 'point' } },
    ]);
    expect(leafChanges(from, from)).toEqual([]);
  });

  it('are not those of what every mapping inherits', () => {
    expect(leafChanges({}, { constructor: 1 })).toEqual([{ path: 'constructor', to: 1 }]);
  });
});
