import { join } from 'node:path';
import { LocalExecutor } from '../executors/local.ts';
import { PACKAGE_ROOT } from './package.ts';

/** Heap that a worker thread may use where no stage asks for more. */
const DEFAULT_MEMORY = 2 * 2 ** 30;

export const localExecutor = (jobs: number): LocalExecutor =>
  new LocalExecutor({ jobs, memory: DEFAULT_MEMORY, workerFile: join(PACKAGE_ROOT, 'dist', 'cli', 'worker.js') });
