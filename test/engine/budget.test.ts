import { describe, expect, it } from 'vitest';
import { Budget } from '../../src/engine/budget.ts';

/** Work that ends when it is told to, and a record of what has started. */
function fixture(total: number) {
  const budget = new Budget(total);
  const started: string[] = [];
  const end = new Map<string, () => void>();
  const add = (name: string, amount: number): Promise<void> =>
    budget.hold(amount, () => {
      started.push(name);
      return new Promise((resolve) => end.set(name, resolve));
    });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { budget, started, end, add, settle };
}

describe('Budget', () => {
  it('starts what fits, and the rest in the order in which it came', async () => {
    const { started, end, add, settle } = fixture(2);
    for (const name of ['a', 'b', 'c', 'd']) add(name, 1);
    await settle();
    expect(started).toEqual(['a', 'b']);
    end.get('b')!();
    await settle();
    expect(started).toEqual(['a', 'b', 'c']);
  });

  it('does not pass over a large demand for small ones behind it', async () => {
    const { started, end, add, settle } = fixture(2);
    add('small', 1);
    add('large', 2);
    add('later', 1);
    await settle();
    expect(started).toEqual(['small']);
    end.get('small')!();
    await settle();
    expect(started).toEqual(['small', 'large']);
  });

  it('gives a demand above the total all there is', async () => {
    const { started, add, settle } = fixture(2);
    add('huge', 64);
    await settle();
    expect(started).toEqual(['huge']);
  });

  it('takes back what a failed work held', async () => {
    const { budget, started, add, settle } = fixture(1);
    await expect(budget.hold(1, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    add('next', 1);
    await settle();
    expect(started).toEqual(['next']);
  });
});
