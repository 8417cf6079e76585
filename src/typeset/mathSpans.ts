/** TeX in a text: where it stands and whether it is set on a line of its own. */
export interface MathSpan {
  readonly start: number;
  readonly end: number;
  readonly tex: string;
  readonly display: boolean;
}

/**
 * TeX between dollars, as a pattern with the groups `display` and `math`: `$$…$$` on lines of their own, `$…$` in a line.
 * A single dollar opens only before something that is no white space and closes only after such and before no letter or
 * digit, so that $5 and $10 stay amounts. `\$` is a dollar.
 */
export const MATH =
  '(?<!\\\\)\\$\\$(?<display>(?:\\\\[\\s\\S]|[^$\\\\])+)\\$\\$|(?<![\\\\$])\\$(?=[^\\s$])(?<math>(?:\\\\[\\s\\S]|[^$`\\\\])*?)(?<=[^\\s\\\\])\\$(?![\\p{L}\\p{N}$])';

/** Code in a text, in which a dollar is a dollar. */
export const CODE = '`(?<code>[^`\\n]+)`';

const SPANS = new RegExp(`${CODE}|${MATH}`, 'gu');

/** The TeX of a text, from its beginning to its end. */
export function mathSpans(text: string): MathSpan[] {
  if (!text.includes('$')) return [];
  return [...text.matchAll(SPANS)].flatMap(({ 0: whole, index, groups = {} }) => {
    const tex = groups.display ?? groups.math;
    const display = groups.display !== undefined;
    return tex === undefined ? [] : [{ start: index, end: index + whole.length, tex, display }];
  });
}
