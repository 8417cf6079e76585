import { TEX_STYLE } from '../typeset/mathml.ts';
import { COLOURS } from './styleColours.ts';
import { LAYOUT } from './styleLayout.ts';
import { PARTS } from './styleParts.ts';
import { PRINT } from './stylePrint.ts';

/** The page's style sheet. Its hash stands in the page's policy, so it is text here and no file. */
export const STYLE = `\n${COLOURS}${LAYOUT}${PARTS}${TEX_STYLE}${PRINT}`;
