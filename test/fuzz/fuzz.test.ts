import { beforeAll, expect, it } from 'vitest';
import { bundleWorker, fuzz, TARGETS } from './fuzz.ts';

/** The same inputs every time; `npm run test:soak` draws new ones. */
const SEED = 20_261_123;

beforeAll(bundleWorker);

it.each(TARGETS)('%s ends in a value or in its own error, in bounded time and memory', async (name) => {
  expect(await fuzz(name, { runs: 8, seed: SEED, large: false })).toBeGreaterThan(8);
});
