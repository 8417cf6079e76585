import { FONT_STACK } from './fonts.ts';

/**
 * Lengths are CSS pixels: 96 to the inch, so that a column of 8.5 cm is 321 px wide and a page of 17 cm 643 px. Text of
 * 10 px is then 7.5 pt, the smallest that journals ask for.
 */
const LABEL = 10;
const TITLE = 11;

const INK = '#222222';
const FAINT = '#e4e4e4';

/**
 * Eight colours that people with colour-blindness tell apart. Not all of them differ in grey: series that must be told
 * apart there carry a shape or a dash too, or a sequential scheme. After M. Okabe and K. Ito, Color Universal Design
 * (2008), https://jfly.uni-koeln.de/color/
 */
const PALETTE: readonly string[] = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#e69f00',
  '#000000',
  '#8c8c8c',
];

/** The look of figures: what is printed is data, axes are sober, the grid is faint. A spec's own config goes over it. */
const theme = {
  background: 'white',
  font: FONT_STACK,
  padding: 3,
  view: { continuousWidth: 260, continuousHeight: 180, stroke: null },
  range: { category: [...PALETTE] },
  mark: { color: PALETTE[0] },
  line: { strokeWidth: 1.4, strokeCap: 'round', strokeJoin: 'round' },
  point: { size: 22, filled: true, opacity: 1 },
  rule: { color: INK, strokeWidth: 0.8 },
  area: { opacity: 0.25 },
  bar: { color: PALETTE[0] },
  text: { color: INK, fontSize: LABEL },
  axis: {
    domainColor: INK,
    domainWidth: 0.8,
    tickColor: INK,
    tickWidth: 0.8,
    tickSize: 4,
    gridColor: FAINT,
    gridWidth: 0.6,
    labelColor: INK,
    labelFontSize: LABEL,
    labelPadding: 3,
    labelFlush: false,
    titleColor: INK,
    titleFontSize: TITLE,
    titleFontWeight: 'normal',
    titlePadding: 6,
    // Axis lines lie over the grid's line at zero.
    zindex: 1,
  },
  legend: {
    labelLimit: 0,
    labelColor: INK,
    labelFontSize: LABEL,
    titleColor: INK,
    titleFontSize: LABEL,
    titleFontWeight: 'normal',
    titlePadding: 4,
    symbolBaseStrokeColor: INK,
    symbolStrokeWidth: 1.6,
    symbolSize: 60,
    rowPadding: 2,
    columnPadding: 12,
    gridAlign: 'each',
    padding: 0,
  },
  header: {
    labelColor: INK,
    labelFontSize: TITLE,
    titleColor: INK,
    titleFontSize: TITLE,
    titleFontWeight: 'normal',
    labelPadding: 4,
  },
  title: {
    color: INK,
    fontSize: TITLE,
    fontWeight: 'normal',
    subtitleColor: INK,
    subtitleFontSize: LABEL,
    anchor: 'middle',
    offset: 6,
  },
  concat: { spacing: 18 },
  facet: { spacing: 14 },
} as const;

type Mapping = Record<string, unknown>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function merged(under: unknown, over: unknown): unknown {
  if (!isMapping(under) || !isMapping(over)) return over === undefined ? under : over;
  const both: Mapping = { ...under };
  for (const key of Object.keys(over)) if (key !== '__proto__') both[key] = merged(under[key], over[key]);
  return both;
}

/** The theme with a spec's own config over it, key by key. */
export const themed = (config: unknown): Mapping => merged(theme, isMapping(config) ? config : {}) as Mapping;
