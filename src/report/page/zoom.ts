import {
  AXES,
  type Axis,
  leafMarks,
  positions,
  type VegaMark,
  type VegaSpec,
  withLeafMarks,
  withSignals,
} from './vega.ts';

const CONTINUOUS = ['linear', 'log', 'pow', 'sqrt', 'symlog', 'time', 'utc'];

/** Whether a figure is shown closer than it was drawn: then what lies outside of its axes is cut off. */
export const ZOOMED = 'driftline_zoomed';

/** The signal that holds what a scale shows; null where it shows all. */
export const domainSignal = (scale: string): string => `driftline_domain_${scale.replace(/\W/g, '_')}`;

/** An area of a figure with axes of its own: its group mark (undefined: the figure itself) and the scales in it. */
export interface PlotArea {
  readonly name: string | undefined;
  readonly scales: Readonly<Partial<Record<Axis, string>>>;
}

/** A figure that reacts to dragging by itself: it selects by intervals, or has scales that are bound to something. */
const isTaken = (spec: VegaSpec): boolean =>
  (spec.scales ?? []).some(({ domainRaw }) => domainRaw !== undefined) ||
  leafMarks(spec).some(({ name }) => name?.endsWith('_brush'));

/** The areas of a compiled figure in which one can move and zoom; only in scales that are the whole figure's. */
export function plotAreas(spec: VegaSpec): PlotArea[] {
  if (isTaken(spec)) return [];
  const known = new Set(
    (spec.scales ?? []).flatMap(({ name, type }) => (CONTINUOUS.includes(type ?? '') ? [name] : [])),
  );
  const areas = (part: VegaSpec, name: string | undefined): PlotArea[] => {
    const groups = (part.marks ?? []).filter(({ type }) => type === 'group');
    const own = [
      ...(part.marks ?? []).filter(({ type }) => type !== 'group'),
      ...groups.filter(isTransparent).flatMap(leafMarks),
    ];
    const scales = Object.fromEntries(
      AXES.flatMap((axis) => {
        const found = own.flatMap((mark) => positions(mark, axis)).find(({ scale }) => known.has(scale));
        return found === undefined ? [] : [[axis, found.scale]];
      }),
    );
    const within = groups.filter((group) => !isTransparent(group)).flatMap((group) => areas(group, group.name));
    return Object.keys(scales).length === 0 ? within : [{ name, scales }, ...within];
  };
  return areas(spec, undefined);
}

/** A group that only splits its data: it is as large as what it stands in. */
const isTransparent = ({ encode }: VegaMark): boolean => {
  const width = encode?.update?.width as { field?: { group?: unknown } } | undefined;
  return width?.field?.group !== undefined;
};

/** Makes a compiled figure such that what its scales show can be set by signals. */
export function withZoom<S extends VegaSpec>(spec: S, areas: readonly PlotArea[]): S {
  const names = zoomScales(areas);
  if (names.length === 0) return spec;
  const scales = (spec.scales ?? []).map((scale) =>
    names.includes(scale.name) ? { ...scale, domainRaw: { signal: domainSignal(scale.name) } } : scale,
  );
  const clipped = withLeafMarks({ ...spec, scales }, (mark) =>
    mark.clip === undefined ? { ...mark, clip: { signal: ZOOMED } } : mark,
  );
  return withSignals(clipped, [
    { name: ZOOMED, value: false },
    ...names.map((name) => ({ name: domainSignal(name), value: null })),
  ]);
}

export const zoomScales = (areas: readonly PlotArea[]): string[] => [
  ...new Set(areas.flatMap(({ scales }) => Object.values(scales))),
];

/** The part of a continuous scale that can be asked which values lie where. */
export interface Invertible {
  range(): number[];
  invert(place: number): number;
}

/** What a scale shows once it is drawn `factor` times as wide around a place; factor 1/2 shows half of it. */
export const zoomedDomain = (scale: Invertible, anchor: number, factor: number): number[] =>
  scale.range().map((end) => Number(scale.invert(anchor + (end - anchor) * factor)));

/** What a scale shows once it has been moved by so many pixels. */
export const movedDomain = (scale: Invertible, by: number): number[] =>
  scale.range().map((end) => Number(scale.invert(end - by)));

export const middle = (scale: Invertible): number => {
  const [from = 0, to = 0] = scale.range();
  return (from + to) / 2;
};
