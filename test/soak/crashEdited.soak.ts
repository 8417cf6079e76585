import { killedEverywhere, scene } from './crashScene.ts';
import { EDITED } from './crashStudy.ts';

killedEverywhere('a run after an edit', await scene(EDITED), 2);
