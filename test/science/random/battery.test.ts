import { describe, expect, it } from 'vitest';
import { generator128 } from '../../../src/science/random/xoshiro128pp.ts';
import { battery } from './battery.ts';
import { INTERLEAVED, SEED } from './interleaved.ts';

/** Eight tests of one sample: 4.5 deviations in either direction happen once in 20,000 such batteries. */
const LIMIT = 4.5;
const LENGTH = 1 << 15;

describe('interleaved streams', () => {
  it.each(Object.keys(INTERLEAVED))('of %s look random', (streams) => {
    for (const [name, z] of Object.entries(battery(INTERLEAVED[streams](), LENGTH))) {
      expect(Math.abs(z), `${name}: ${z}`).toBeLessThan(LIMIT);
    }
  });
});

describe('the battery', () => {
  const failing = (next: () => number): string[] =>
    Object.entries(battery(next, LENGTH)).flatMap(([name, z]) => (Math.abs(z) < LIMIT ? [] : [name]));

  it('finds streams that are the same one, draw by draw', () => {
    const twice = [0, 1].map(() => generator128(SEED, 'one'));
    let at = 0;
    expect(failing(() => twice[at++ % 2].next())).toEqual(
      expect.arrayContaining(['serial, pairs', 'serial correlation']),
    );
  });

  it('finds a short linear congruential generator, by its low bits and its spacings', () => {
    let x = 1;
    const found = failing(() => {
      x = (Math.imul(x, 1103515245) + 12345) >>> 0; // of the C standard's example
      return x;
    });
    expect(found).toContain('equidistribution, low bits');
  });

  it('finds a counter', () => {
    let x = 0;
    expect(
      failing(() => {
        x = (x + 0x9e3779b9) >>> 0;
        return x;
      }).length,
    ).toBeGreaterThan(3);
  });
});
