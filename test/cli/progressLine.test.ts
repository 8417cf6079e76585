import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leftWords, progressInLog, progressLine, type Standing } from '../../src/cli/progressLine.ts';
import { width } from '../../src/cli/text.ts';

const state = (more: Partial<Standing> = {}): Standing => ({
  done: 30,
  total: 120,
  elapsed: 83,
  rate: { actions: 45, seconds: 30 },
  left: { least: 200, most: 210, unknown: 0 },
  elsewhere: [],
  running: [
    ['tails-additive[C=2]#3', 0.417],
    ['tails-additive[C=2]#4', 0],
    ['tails-additive[C=3]#0', 0.05],
  ],
  ...more,
});

describe('the live line', () => {
  it('tells how far, how long, how fast and what, and has a bar, where there is room', () => {
    expect(progressLine(state(), 130)).toBe(
      '█████░░░░░░░░░░░░░░░ 30/120 · 83 s · about 4 min left · 1.5/s · tails-additive[C=2]#3 41%, tails-additive[C=2]#4 and 1 more',
    );
  });

  it('leaves out the bar and the rate, then names, then what is not the most important', () => {
    expect(progressLine(state(), 60)).toBe('30/120 · 83 s · about 4 min left · tails-additive[C=2]#3 41%');
    expect(progressLine(state(), 50)).toBe('30/120 · 83 s · about 4 min left · tails-additive…');
    expect(progressLine(state(), 40)).toBe('30/120 · 83 s · about 4 min left');
    expect(progressLine(state(), 20)).toBe('30/120 · 83 s');
  });

  it('names a cluster before what runs here', () => {
    expect(progressLine(state({ elsewhere: ['on the cluster: 3 running'], left: undefined }), 60)).toBe(
      '30/120 · 83 s · on the cluster: 3 running · tails-additive[…',
    );
  });

  it('is never wider than the terminal', () => {
    const states = fc.record({
      done: fc.nat(1e6),
      total: fc.integer({ min: 1, max: 1e6 }),
      elapsed: fc.double({ min: 0, max: 1e6, noNaN: true }),
      rate: fc.option(fc.record({ actions: fc.nat(1e5), seconds: fc.integer({ min: 1, max: 30 }) }), {
        nil: undefined,
      }),
      left: fc.option(fc.record({ least: fc.nat(1e6), most: fc.nat(1e6), unknown: fc.nat(2) }), { nil: undefined }),
      elsewhere: fc.array(fc.string({ maxLength: 60 }), { maxLength: 2 }),
      running: fc.array(
        fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true })),
      ),
    });
    fc.assert(
      fc.property(states, fc.integer({ min: 1, max: 300 }), (standing, columns) => {
        expect(width(progressLine(standing, columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

describe('the line of a log', () => {
  it('tells all of it', () => {
    expect(progressInLog(state())).toBe(
      '30/120 after 83 s · about 4 min left · 1.5/s · tails-additive[C=2]#3 41%, tails-additive[C=2]#4, tails-additive[C=3]#0 5%',
    );
  });
});

describe('how long a run has to go', () => {
  it.each([
    [{ least: 0.2, most: 0.2, unknown: 0 }, 'about 1 s left'],
    [{ least: 23, most: 26, unknown: 0 }, 'about 25 s left'],
    [{ least: 100, most: 400, unknown: 0 }, '2 to 7 min left'],
    [{ least: 40, most: 400, unknown: 0 }, '40 s to 7 min left'],
    [{ least: 400, most: 9000, unknown: 0 }, '7 min to 2 h 30 min left'],
    [{ least: 3500, most: 4000, unknown: 0 }, 'about 1 h 05 min left'],
    [{ least: 47, most: 300, unknown: 2 }, 'over 45 s left'],
  ])('%j is %s', (left, words) => {
    expect(leftWords(left)).toBe(words);
  });
});
