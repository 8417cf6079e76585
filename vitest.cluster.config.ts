import { suite } from './test/suite.ts';

/** The tests on a real Slurm and a real cache server, which `npm run test:cluster` runs. */
export default suite('test/cluster/*.cluster.ts', 180_000, { maxWorkers: 2 });
