import { expect, it } from 'vitest';
import { battery } from '../science/random/battery.ts';
import { INTERLEAVED } from '../science/random/interleaved.ts';

// 2^19 words a test, sixteen times as many as in test/science/random
it.each(Object.keys(INTERLEAVED))('interleaved streams of %s look random for long', { timeout: 120_000 }, (streams) => {
  for (const [name, z] of Object.entries(battery(INTERLEAVED[streams](), 1 << 19))) {
    expect(Math.abs(z), `${name}: ${z}`).toBeLessThan(4.5);
  }
});
