import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Milliseconds in which something that is waited for has to come, also on a machine that is busy with much else. */
const PATIENCE_MS = 30_000;

/** What starts the command line takes longest by far. Done first, it leaves no worker alone with a long file at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const startsPrograms = ({ moduleId }: TestSpecification): boolean =>
      /\/test\/(bench|cli|dashboard|docs|examples)\//.test(moduleId);
    return [...sorted.filter(startsPrograms), ...sorted.filter((file) => !startsPrograms(file))];
  }
}

/** What all suites of this repository have in common. `timeout`: milliseconds after which a test counts as one that hangs. */
export const suite = (
  include: string,
  timeout: number,
  more: NonNullable<ViteUserConfig['test']> = {},
): ViteUserConfig =>
  defineConfig({
    test: {
      include: [include],
      globalSetup: ['test/setup.ts'],
      pool: 'forks',
      maxWorkers: '100%',
      sequence: { sequencer: LongestFirst },
      testTimeout: timeout,
      hookTimeout: timeout,
      expect: { poll: { timeout: PATIENCE_MS, interval: 20 } },
      ...more,
    },
  });
