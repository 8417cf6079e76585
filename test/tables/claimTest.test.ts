import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/tables/claimTest.ts';
import { tableFrom } from '../../src/tables/tableFrom.ts';

const table = (x: (number | null)[]) => tableFrom({ i: x.map((_, i) => i), x }, { i: 'int32', x: 'float64' }, 'rows');
const verdict = (x: (number | null)[], test: Parameters<typeof judge>[1]) => judge(table(x), test).verdict;

describe('every', () => {
  const every = 'd => d.x < 1';

  it('is supported by all rows and refuted by one', () => {
    expect(verdict([0, 0.5], { every })).toBe('supported');
    expect(verdict([0, 2], { every })).toBe('refuted');
  });

  it('is undecided without rows, and where a missing value or NaN leaves a row open', () => {
    expect(verdict([], { every })).toBe('undecided');
    expect(verdict([0, null], { every })).toBe('undecided');
    expect(verdict([0, Number.NaN], { every })).toBe('undecided');
    expect(verdict([2, null], { every })).toBe('refuted');
  });

  it('lets an expression handle missing values itself', () => {
    expect(verdict([0, null], { every: 'd => d.x == null || d.x < 1' })).toBe('supported');
  });

  it('is undecided between every and refutes', () => {
    expect(verdict([0, 1.5], { every, refutes: 'd => d.x > 2' })).toBe('undecided');
    expect(verdict([0, 2.5], { every, refutes: 'd => d.x > 2' })).toBe('refuted');
  });

  it('speaks of the rows where `where` is true', () => {
    expect(judge(table([0, 5, null]), { every, where: 'd => d.x < 2' })).toMatchObject({
      verdict: 'supported',
      rows: 1,
    });
  });
});

describe('some', () => {
  const some = 'd => d.x > 1';

  it('is supported by one row and refuted only by all', () => {
    expect(verdict([0, 2], { some })).toBe('supported');
    expect(verdict([0, 0.5], { some })).toBe('refuted');
    expect(verdict([0, null], { some })).toBe('undecided');
    expect(verdict([], { some })).toBe('undecided');
    expect(verdict([0, 0.5], { some, refutes: 'd => d.x < 0.2' })).toBe('undecided');
  });
});

describe('judge', () => {
  it('counts rows, shows numbers over them and the rows that decided', () => {
    expect(
      judge(table([0, 2, null, Number.NaN, 3]), {
        every: 'd => d.x < 1',
        numbers: { largest: 'd => op.max(d.x)', none: 'd => op.mean(d.x - d.x) / 0' },
      }),
    ).toEqual({
      verdict: 'refuted',
      rows: 5,
      holds: 1,
      fails: 2,
      unknown: 2,
      numbers: { largest: 3, none: null },
      decisive: [
        { i: 1, x: 2 },
        { i: 4, x: 3 },
      ],
    });
  });

  it('shows at most ten rows', () => {
    expect(judge(table(new Array(30).fill(0)), { every: 'd => d.x < 1' }).decisive.length).toBe(10);
  });

  it('never supports what one more row could still refute silently: adding a failing row refutes every', () => {
    const value = fc.option(fc.double({ min: -2, max: 2, noNaN: false }), { nil: null });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 6 }), (x) => {
        expect(verdict([...x, 2], { every: 'd => d.x < 1' })).toBe('refuted');
        const without = judge(table(x), { every: 'd => d.x < 1' });
        expect(without.holds + without.fails + without.unknown).toBe(without.rows);
        expect(without.verdict === 'supported').toBe(x.length > 0 && x.every((v) => v !== null && v < 1));
      }),
      { numRuns: 30 },
    );
  });

  it('refuses an expression that does not answer yes or no, or reads what is not there', () => {
    expect(() => judge(table([1]), { every: 'd => d.x + 1' })).toThrow(
      'every: "d => d.x + 1": expected true or false, found 2',
    );
    expect(() => judge(table([1]), { every: 'd => d.y > 0' })).toThrow(
      'every: "d => d.y > 0": there is no column y (there are: i, x)',
    );
    expect(() => judge(table([1]), { every: 'd => d.x > 0', numbers: { m: 'd => op.max(d.z)' } })).toThrow(
      'numbers.m:',
    );
  });
});
