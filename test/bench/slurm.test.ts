import { expect, it } from 'vitest';
import { linesOfSimulation, simulateRows } from '../../bench/slurm.mjs';

it('simulates the head of a few cells', async () => {
  const row = await simulateRows(300);
  expect(row).toMatchObject({ cells: 300, submits: 1, submitsPerSecond: 1, mostJobs: row.jobs });
  // Cells of 5 s on average share jobs of a minute: 25 of them, and some more where the next cell does not fit.
  expect(row.jobs).toBeGreaterThanOrEqual(25);
  expect(row.jobs).toBeLessThan(30);
  expect(row.seconds).toBeGreaterThan(60);
  expect(row.seconds).toBeLessThan(120);
  expect(linesOfSimulation(row)).toHaveLength(6);
});
