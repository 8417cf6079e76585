import { runKilledAt, scene } from './crashScene.ts';
import { EDITED } from './crashStudy.ts';
import { failpoints } from './failpoints.ts';

const edited = await scene({ edit: EDITED });
runKilledAt('a run after an edit', edited, failpoints(edited.counts, 2));
