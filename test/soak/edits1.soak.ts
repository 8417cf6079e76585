import { expect, it } from 'vitest';
import { checkEdits } from '../engine/equivalence/property.ts';

// In two files, one for each core.
it('runs what it forecasts, nothing twice, and gives what a run from scratch gives, after thousands of edits', async () => {
  expect(await checkEdits(130, 12, 2001)).toBeGreaterThan(500);
}, 600_000);
