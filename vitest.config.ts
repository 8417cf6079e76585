import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/setup.ts'],
    pool: 'forks',
    maxWorkers: '100%',
    // For a machine that is busy with much else; what hangs still ends.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
