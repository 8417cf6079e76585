import { describe, expect, it } from 'vitest';
import { multiply } from '../../../src/science/numeric/denseMatrix.ts';

describe('the product of square matrices', () => {
  it('takes rows by columns, in this order', () => {
    expect([...multiply(Float64Array.of(1, 2, 0, 3), Float64Array.of(4, 5, 6, 7), 2)]).toEqual([16, 19, 18, 21]);
  });
});
