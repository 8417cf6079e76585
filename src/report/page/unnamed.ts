import type { VegaSpec } from './vega.ts';

/**
 * A compiled Vega specification whose parts have no names for a screen reader: it is told of the figure as a whole and
 * has the data behind it, while the library would name each mark, some of them by nothing at all.
 */
export function unnamed(spec: VegaSpec): VegaSpec {
  const hidden = <T extends object>(parts: readonly T[] | undefined) =>
    parts?.map((part) => ({ ...part, aria: false }));
  const { title } = spec;
  return {
    ...spec,
    ...(spec.marks && { marks: hidden(spec.marks) }),
    ...(spec.axes && { axes: hidden(spec.axes) }),
    ...(spec.legends && { legends: hidden(spec.legends) }),
    ...(typeof title === 'object' && title !== null && { title: { ...title, aria: false } }),
  } as VegaSpec;
}
