type Spec = Record<string, unknown>;

/** Rows of data from which a figure is drawn on a canvas, and its lines get no points to hover over. */
const MANY_ROWS = 4000;

/** Rows of data inlined anywhere in a specification. */
export function inlinedRows(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + inlinedRows(item), 0);
  let rows = 0;
  for (const [name, item] of Object.entries(value)) {
    if (name === 'values' && Array.isArray(item)) rows += item.length;
    else if (name === 'datasets' && typeof item === 'object' && item !== null)
      for (const set of Object.values(item)) rows += Array.isArray(set) ? set.length : 0;
    else rows += inlinedRows(item);
  }
  return rows;
}

/** How a figure is shown on the page. */
export interface Shown {
  readonly spec: Spec;
  readonly renderer: 'svg' | 'canvas';
  readonly config: Spec;
  /** Axes that the specification keeps as they are, such as one with a place for ∞. */
  readonly fixed: readonly unknown[];
}

/**
 * A study's figure for the page: no options of the embedding smuggled in; values under the pointer, of lines only where
 * that makes few marks. What the specification itself says goes before.
 */
export function shownSpec(given: Spec): Shown {
  const { usermeta, ...spec } = given;
  const { driftline } = (usermeta ?? {}) as { driftline?: { fixedAxes?: unknown } };
  const many = inlinedRows(given) > MANY_ROWS;
  const marks = ['point', 'circle', 'square', 'bar', 'rect', 'tick', ...(many ? [] : ['line'])];
  return {
    spec,
    renderer: many ? 'canvas' : 'svg',
    fixed: Array.isArray(driftline?.fixedAxes) ? driftline.fixedAxes : [],
    config: {
      tooltipFormat: { numberFormat: '.6~g' },
      ...Object.fromEntries(marks.map((mark) => [mark, { tooltip: true }])),
    },
  };
}
