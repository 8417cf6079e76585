import { runKilledAt, scene } from './crashScene.ts';
import { TINY } from './crashStudy.ts';
import { allFailpoints } from './failpoints.ts';

// Every call of a first run, in two files: one for each core.
const first = await scene({ files: TINY });
runKilledAt(
  'a first run',
  first,
  allFailpoints(first.counts).filter((_, at) => at % 2 === 1),
);
