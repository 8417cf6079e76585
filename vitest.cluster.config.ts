import { defineConfig } from 'vitest/config';

/** The tests on a real Slurm and a real cache server, which `npm run test:cluster` runs. */
export default defineConfig({
  test: {
    include: ['test/cluster/*.cluster.ts'],
    globalSetup: ['test/setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 120_000,
  },
});
