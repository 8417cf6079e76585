import { expect, it } from 'vitest';
import { derivedSeed } from '../../../src/science/random/derivedSeed.ts';
import { streamState } from '../../../src/science/random/stream.ts';

it('is a seed of its own for each role, and for each seed', () => {
  const seed = '07'.repeat(32);
  const seeds = [derivedSeed(seed, 'a'), derivedSeed(seed, 'b'), derivedSeed('08'.repeat(32), 'a')];
  expect(new Set(seeds).size).toBe(3);
  for (const one of seeds) expect(one).toMatch(/^[0-9a-f]{64}$/);
  expect(() => streamState(seeds[0], 'events')).not.toThrow();
  expect(() => derivedSeed('x', 'a')).toThrow('a seed is 64 hexadecimal digits');
});
