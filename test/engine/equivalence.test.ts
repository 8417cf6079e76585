import { expect, it } from 'vitest';
import { checkEdits } from './equivalence/property.ts';

// `npm run test:soak` does it with thousands of edits.
it('runs what it forecasts, nothing twice, and gives what a run from scratch gives, after any edits', async () => {
  expect(await checkEdits(25, 12, 1)).toBeGreaterThan(120);
}, 120_000);
