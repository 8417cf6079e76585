import { COLOURS } from './style-colours.ts';
import { LAYOUT } from './style-layout.ts';
import { PARTS } from './style-parts.ts';

/** The page's style sheet. Its hash stands in the page's policy, so it is text here and no file. */
export const STYLE = `\n${COLOURS}${LAYOUT}${PARTS}`;
