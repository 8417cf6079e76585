import { describe, expect, it } from 'vitest';
import { formatCount, formatNumber, formatSeconds, formatTime, formatValue, plural } from '../../src/report/format.ts';

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [42, '42'],
    [9999, '9999'],
    [20_000_000, '20,000,000'],
    [-12345, '−12,345'],
    [0.88661812, '0.88662'],
    [0.5, '0.5'],
    [0.999999, '1'],
    [20481.4, '20,481'],
    [123456.7, '123,457'],
    [-0.1111111, '−0.11111'],
    [0.00012345678, '0.00012346'],
    [0.000099994, '9.9994×10⁻⁵'],
    [0.0000999999, '0.0001'],
    [-1.234e-7, '−1.234×10⁻⁷'],
    [1e-16, '1×10⁻¹⁶'],
    [1e21, '1×10²¹'],
    [Number.POSITIVE_INFINITY, '∞'],
    [Number.NEGATIVE_INFINITY, '−∞'],
    [Number.NaN, 'not a number'],
  ])('writes %d as %s', (value, text) => expect(formatNumber(value)).toBe(text));

  it('keeps as many significant digits as asked for', () => {
    expect(formatNumber(Math.PI, 3)).toBe('3.14');
    expect(formatNumber(Math.PI, 8)).toBe('3.1415927');
  });
});

it('groups whole numbers in threes from five digits on', () => {
  expect([0, 999, 1240, 12400, 1234567].map(formatCount)).toEqual(['0', '999', '1240', '12,400', '1,234,567']);
  expect(plural(1, 'row')).toBe('1 row');
  expect(plural(0, 'row')).toBe('0 rows');
});

it.each([
  [0, '0 ms'],
  [0.0312, '31 ms'],
  [0.9996, '1 s'],
  [38.42, '38.4 s'],
  [59.96, '1 min'],
  [125.2, '2 min 5 s'],
  [3600, '1 h'],
  [5400, '1 h 30 min'],
  [Number.NaN, '–'],
])('writes %d seconds as %s', (seconds, text) => expect(formatSeconds(seconds)).toBe(text));

it('writes an ISO time in words and leaves anything else alone', () => {
  expect(formatTime('2026-11-23T03:29:41.000Z')).toBe('23 November 2026, 03:29 UTC');
  expect(formatTime('2026-13-01T00:00:00Z')).toBe('2026-13-01T00:00:00Z');
  expect(formatTime('yesterday')).toBe('yesterday');
});

it('writes values of every kind', () => {
  expect(formatValue(null)).toBe('–');
  expect(formatValue(false)).toBe('false');
  expect(formatValue([2, '1.1', 50000])).toBe('2, 1.1, 50,000');
  expect(formatValue({ kind: 'sq', d: [1] })).toBe('{"kind":"sq","d":[1]}');
});
