import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridOf, labelsOf, neighbour } from '../../src/dashboard/page/grid.ts';

/** All combinations, the last axis fastest. */
function product(sizes: readonly number[]) {
  const cells = sizes.reduce((all, size) => all * size, 1);
  let after = cells;
  const axes = sizes.map((size, axis) => {
    after /= size;
    const each = after;
    return { name: `a${axis}`, values: Array.from({ length: cells }, (_, cell) => Math.floor(cell / each) % size) };
  });
  return { axes, cells };
}

describe('a grid of cells', () => {
  it('has a column for each value of the last axis, and rows for the others', () => {
    const { axes, cells } = product([2, 3, 4]);
    const grid = gridOf(axes, cells);
    expect(grid).toEqual({ columns: 4, rows: 6, across: 'a2', down: ['a0', 'a1'] });
    expect(labelsOf(grid, axes, String)).toEqual({
      over: ['0', '1', '2', '3'],
      before: ['0 · 0', '0 · 1', '0 · 2', '1 · 0', '1 · 1', '1 · 2'],
    });
  });

  it('has room for every cell, and none for a row more, whatever the axes are', () => {
    const axis = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(axis, (values) => {
        const { columns, rows } = gridOf([{ name: 'a', values }], values.length);
        expect(columns * rows).toBeGreaterThanOrEqual(values.length);
        expect(columns * (rows - 1)).toBeLessThan(values.length);
      }),
    );
  });

  it('of a hundred thousand cells on one axis is no line', () => {
    const values = Array.from({ length: 100_000 }, (_, i) => i);
    const { columns, rows } = gridOf([{ name: 'i', values }], values.length);
    expect(columns / rows).toBeGreaterThan(1);
    expect(columns / rows).toBeLessThan(3);
  });

  it('is walked with the arrow keys, never out of it, and back the same way', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 80 }), fc.nat(), (columns, cells, any) => {
        const grid = { columns, rows: Math.ceil(cells / columns) };
        const cell = any % cells;
        for (const [there, back] of [
          ['ArrowLeft', 'ArrowRight'],
          ['ArrowUp', 'ArrowDown'],
        ]) {
          const to = neighbour(cell, there, grid, cells);
          expect(to).toBeGreaterThanOrEqual(0);
          expect(to).toBeLessThan(cells);
          if (to !== cell) expect(neighbour(to, back, grid, cells)).toBe(cell);
        }
      }),
    );
  });
});
