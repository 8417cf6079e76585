import { beforeAll, expect, it } from 'vitest';
import { bundleWorker, fuzz, TARGETS } from '../fuzz/fuzz.ts';

/** Another one every time; to repeat what a run found: `FUZZ_SEED=… npm run test:soak`. */
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

beforeAll(async () => {
  console.log(`fuzzing with seed ${seed}`);
  await bundleWorker();
});

it.each(TARGETS)('%s ends in a value or in its own error, in bounded time and memory', async (name) => {
  expect(await fuzz(name, { runs: 150, seed, large: true })).toBeGreaterThan(150);
});
