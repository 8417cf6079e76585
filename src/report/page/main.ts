/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { embedFigures, fillData } from './figures.ts';
import { foldContents, revealTargets } from './reveal.ts';
import { makeSortable } from './sort.ts';

foldContents();
for (const table of document.querySelectorAll<HTMLTableElement>('table[data-sortable]')) makeSortable(table);
fillData();
revealTargets();
embedFigures();
