import { embedFigures, fillData } from './figures.ts';
import { foldContents, revealTargets } from './reveal.ts';
import { sortTables } from './sort.ts';

foldContents();
sortTables();
fillData();
revealTargets();
embedFigures();
