import { resolveOptions, type SimulateOptions } from '../../src/science/sim/options.ts';
import { SimulationError } from '../../src/science/sim/simulationError.ts';
import type { ParameterProblem } from '../../src/study/contract.ts';

/** Any seed: whether options hold together does not depend on it. */
const SEED = '0'.repeat(64);

/** Problems that the simulator sees before it runs, at the parameters of its options' names. */
export function checkSimulation(options: Omit<SimulateOptions, 'seed'>): ParameterProblem[] {
  try {
    resolveOptions({ ...options, seed: SEED });
    return [];
  } catch (error) {
    if (!(error instanceof SimulationError)) throw error;
    return [{ path: `/${error.option}`, message: error.message }];
  }
}
