import {
  AXES,
  type Axis,
  allScales,
  leafMarks,
  positions,
  type VegaAxis,
  type VegaMark,
  type VegaScale,
  type VegaSpec,
} from './vega.ts';

export type ScaleKind = 'linear' | 'log';

/** An axis whose scale can be changed to the other kind: the scales that are drawn along it, and the fields on them. */
export interface Switch {
  readonly axis: Axis;
  readonly now: ScaleKind;
  readonly scales: readonly string[];
  readonly fields: readonly string[];
}

/**
 * The axes of a compiled figure that could be logarithmic or linear: quantitative, drawn with an axis, and without bars
 * and areas that stand on nought. Whether the data allow a logarithm is seen when they are there.
 */
export function switches(spec: VegaSpec): Switch[] {
  const kinds = new Map(allScales(spec).map((scale) => [scale.name, scale.type]));
  const drawn = new Set(axesOf(spec).map(({ scale }) => scale));
  const marks = leafMarks(spec);
  return AXES.flatMap((axis) => {
    const references = marks.flatMap((mark) => positions(mark, axis));
    const scales = [...new Set(references.map(({ scale }) => scale))];
    const [now] = new Set(scales.map((name) => kinds.get(name)));
    const alike = scales.length > 0 && scales.every((name) => kinds.get(name) === now && drawn.has(name));
    if (!alike || (now !== 'linear' && now !== 'log')) return [];
    if (references.some(({ value }) => typeof value === 'number' && value <= 0)) return [];
    const fields = [...new Set(references.flatMap(({ field }) => (typeof field === 'string' ? [field] : [])))];
    return fields.length === 0 ? [] : [{ axis, now, scales, fields }];
  });
}

const axesOf = (spec: VegaSpec): VegaAxis[] => [
  ...(spec.axes ?? []),
  ...(spec.marks ?? []).flatMap((mark) => (mark.type === 'group' ? axesOf(mark) : [])),
];

/** How many times the least value the largest has to be for a logarithm to show more. */
const SPAN = 4;

/** Whether values can stand on a logarithmic axis, and gain by it. */
export function allowsLog(values: readonly number[]): boolean {
  let [least, largest] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) {
    if (!(value > 0)) return false;
    if (value < least) least = value;
    if (value > largest && value < Number.POSITIVE_INFINITY) largest = value;
  }
  return largest / least >= SPAN;
}

/** The compiled figure with the scales of an axis changed to the other kind; `least` is the smallest value on them. */
export function switched<S extends VegaSpec>(spec: S, { now, scales }: Switch, least: number): S {
  const change = (scale: VegaScale): VegaScale => (now === 'log' ? toLinear(scale) : toLog(scale, least));
  const within = <P extends VegaSpec>(part: P): P => ({
    ...part,
    ...(part.scales && { scales: part.scales.map((scale) => (scales.includes(scale.name) ? change(scale) : scale)) }),
    ...(part.axes && { axes: part.axes.map((axis) => (scales.includes(axis.scale) ? plainAxis(axis, now) : axis)) }),
    ...(part.marks && { marks: part.marks.map((mark: VegaMark) => (mark.type === 'group' ? within(mark) : mark)) }),
  });
  return within(spec);
}

const toLinear = ({ base: _, ...scale }: VegaScale): VegaScale => ({ ...scale, name: scale.name, type: 'linear' });

function toLog({ zero: _, domainMin, ...scale }: VegaScale, least: number): VegaScale {
  const { domain } = scale;
  const fixed = Array.isArray(domain) && typeof domain[0] === 'number';
  return {
    ...scale,
    name: scale.name,
    type: 'log',
    ...(typeof domainMin === 'number' && domainMin > 0 && { domainMin }),
    ...(fixed && { domain: domain.map((end) => (end > 0 ? end : least)) }),
  };
}

/** An axis without ticks and labels that were made for the other kind of scale. */
function plainAxis(axis: VegaAxis, was: ScaleKind): VegaAxis {
  const { values: _, tickCount: __, tickMinStep: ___, format: ____, formatType: _____, encode, ...kept } = axis;
  const { labels, ...parts } = (encode ?? {}) as { labels?: { update?: Record<string, unknown> } };
  const { text: ______, ...update } = labels?.update ?? {};
  return {
    ...kept,
    scale: axis.scale,
    ...(encode && { encode: { ...parts, ...(labels && { labels: { ...labels, update } }) } }),
    ...(was === 'linear' && { format: '~g', labelOverlap: 'greedy' }),
  };
}
