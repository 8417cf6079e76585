import { expect, it } from 'vitest';
import { checkWhole } from './wholeEdits.ts';

it('runs what it forecasts, nothing twice, and gives what a run from nothing gives: the real program, after any edits', async () => {
  expect(await checkWhole(1, 8, 3001)).toBe(8);
}, 600_000);
