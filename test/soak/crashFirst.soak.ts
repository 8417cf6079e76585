import { killedEverywhere, scene } from './crashScene.ts';

killedEverywhere('a first run', await scene(), 2);
