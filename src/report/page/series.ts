import {
  allScales,
  type Encoding,
  leafMarks,
  scaleReferences,
  type VegaMark,
  type VegaSpec,
  withLeafMarks,
  withSignals,
} from './vega.ts';

/** Channels by which series are told apart, the plainest first. */
const CHANNELS = ['stroke', 'fill', 'strokeDash', 'shape'];

const DISCRETE = ['ordinal', 'band', 'point'];

/** Most fields whose values can be shown and hidden one by one. */
const FIELDS = 2;

/** Fields that tell series of a compiled figure apart: by colour, dashes or shape, else as lines of their own. */
export function seriesFields(spec: VegaSpec): string[] {
  const discrete = new Set(allScales(spec).flatMap(({ name, type }) => (DISCRETE.includes(type ?? '') ? [name] : [])));
  const marks = leafMarks(spec);
  const coded = CHANNELS.flatMap((channel) =>
    marks.flatMap((mark) =>
      scaleReferences(mark.encode?.update?.[channel]).flatMap(({ scale, field }) =>
        discrete.has(scale) && typeof field === 'string' ? [field] : [],
      ),
    ),
  );
  const fields = coded.length > 0 ? coded : pathGroups(spec).flatMap(({ from }) => from?.facet?.groupby ?? []);
  return [...new Set(fields)].slice(0, FIELDS);
}

/** Groups that a line or an area is split into, one a series. */
const pathGroups = (spec: VegaSpec): VegaMark[] =>
  (spec.marks ?? [])
    .filter(({ type }) => type === 'group')
    .flatMap((mark) => [...(mark.name?.endsWith('pathgroup') ? [mark] : []), ...pathGroups(mark)]);

/** The signal that holds the values of a field, given by its place in the list, that are hidden. */
export const hiddenSignal = (index: number): string => `driftline_hidden_${index}`;

/**
 * Makes the series of a compiled figure such that they can be hidden: by signals that hold the hidden values of each
 * field. What is hidden is not drawn and tells nothing; scales and axes stay as they are, so that nothing else moves.
 */
export function withHiding<S extends VegaSpec>(spec: S, fields: readonly string[]): S {
  if (fields.length === 0) return spec;
  const test = fields
    .map((field, index) => `indexof(${hiddenSignal(index)}, datum[${JSON.stringify(field)}]) >= 0`)
    .join(' || ');
  const hidden = withLeafMarks(spec, (mark) => {
    const update = mark.encode?.update;
    if (update === undefined || mark.from === undefined) return mark;
    const opacity = [{ test, value: 0 }, ...rules(update.opacity ?? { value: 1 })];
    const tooltip = update.tooltip !== undefined && { tooltip: [{ test, value: null }, ...rules(update.tooltip)] };
    return { ...mark, encode: { ...mark.encode, update: { ...update, opacity, ...tooltip } } };
  });
  const legend = fields.map((_, index) => `indexof(${hiddenSignal(index)}, datum.value) >= 0`).join(' || ');
  const signals = fields.map((_, index) => ({ name: hiddenSignal(index), value: [] }));
  return withSignals(withLegends(hidden, legend), signals);
}

/** Legends whose entries can be pressed, faint where they are hidden. */
function withLegends<S extends VegaSpec>(spec: S, hidden: string): S {
  const entry = (part: Encoding = {}) => {
    const update = (part.update ?? {}) as Encoding;
    const opacity = [{ test: hidden, value: FAINT }, ...rules(update.opacity ?? { value: 1 })];
    return { ...part, interactive: true, update: { ...update, opacity, cursor: { value: 'pointer' } } };
  };
  const pressed = (legend: Encoding): Encoding => {
    const encode = (legend.encode ?? {}) as Readonly<Record<string, Encoding>>;
    return { ...legend, encode: { ...encode, symbols: entry(encode.symbols), labels: entry(encode.labels) } };
  };
  return {
    ...spec,
    ...(spec.legends && { legends: spec.legends.map(pressed) }),
    ...(spec.marks && { marks: spec.marks.map((mark) => (mark.type === 'group' ? withLegends(mark, hidden) : mark)) }),
  };
}

/** How much is seen of a legend's entry that is hidden in the figure. */
const FAINT = 0.25;

const rules = (encoding: unknown): unknown[] => (Array.isArray(encoding) ? encoding : [encoding]);
