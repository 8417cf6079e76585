import type { Simulated } from '../test/executors/slurm/fake/simulatedHead.ts';

export function simulateRows(cells?: number): Promise<Simulated>;
export function linesOfSimulation(row: Simulated): string[];
