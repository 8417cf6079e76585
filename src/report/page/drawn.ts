/// <reference lib="dom" />
import type { View } from 'vega';
import embed, { type VisualizationSpec } from 'vega-embed';
import { withHoverPoints } from './hover.ts';
import { allowsLog, type Switch, switched, switches } from './scales.ts';
import { dataItems } from './scene.ts';
import { hiddenSignal, seriesFields, withHiding } from './series.ts';
import type { Shown } from './spec.ts';
import { unnamed } from './unnamed.ts';
import type { Axis, VegaSpec } from './vega.ts';
import { type PlotArea, plotAreas, withZoom } from './zoom.ts';

/** A value of a field that tells series apart, with a colour in which it is drawn. */
export interface SeriesValue {
  readonly value: unknown;
  readonly colour: string | undefined;
}

/** A field that tells series apart, and the signal that takes those of its values that are not to be drawn. */
export interface Series {
  readonly field: string;
  readonly signal: string;
  readonly values: readonly SeriesValue[];
}

/** A figure on the page that can be worked with. */
export interface Drawn {
  readonly view: View;
  readonly series: readonly Series[];
  /** Axes that can be drawn the other way, as they are now. */
  readonly switches: readonly Switch[];
  readonly areas: readonly PlotArea[];
  /** Whether the figure's own legends react to clicks. */
  readonly ownLegends: boolean;
  readonly remove: () => void;
}

/** Fewest and most values of a field that are offered to be shown and hidden. */
const FEWEST = 2;
const MOST = 16;

/**
 * Draws a figure into its holder. `flipped` are the axes that are to be the other kind of what the specification says,
 * each with the least value on it.
 */
export async function draw(
  holder: HTMLElement,
  { spec, renderer, config, fixed }: Shown,
  flipped: ReadonlyMap<Axis, number>,
): Promise<Drawn> {
  let found: { compiled: VegaSpec; fields: string[]; areas: PlotArea[] } | undefined;
  const patch = (given: VegaSpec): VegaSpec => {
    const compiled = switches(given).reduce(
      (drawn, one) => (flipped.has(one.axis) ? switched(drawn, one, flipped.get(one.axis)!) : drawn),
      given,
    );
    const fields = seriesFields(compiled);
    const areas = plotAreas(compiled);
    found = { compiled, fields, areas };
    return unnamed(withZoom(withHiding(withHoverPoints(compiled), fields), areas));
  };
  const { view, finalize } = await embed(holder, spec as unknown as VisualizationSpec, {
    mode: 'vega-lite',
    actions: false,
    ast: true, // expressions are interpreted: the page's policy allows no eval
    defaultStyle: false, // the page's style sheet is the only one that its policy allows
    tooltip: { disableDefaultStyle: true },
    renderer,
    config: config as never,
    patch: patch as never,
  });
  const { compiled, fields, areas } = found!;
  return {
    view,
    series: fields.flatMap((field, index) => {
      const values = seriesValues(view, field);
      return values.length < FEWEST || values.length > MOST ? [] : [{ field, signal: hiddenSignal(index), values }];
    }),
    switches: switches(compiled).filter(
      (one) => !fixed.includes(one.axis) && (one.now === 'log' || allowsLog(valuesOf(view, one.fields))),
    ),
    areas,
    ownLegends: (compiled.signals ?? []).some(({ name }) => String(name).endsWith('_legend')),
    remove: finalize,
  };
}

/** The numbers that a drawn figure has in these fields. */
export const valuesOf = (view: View, fields: readonly string[]): number[] =>
  dataItems(view).flatMap(({ datum }) =>
    fields.flatMap((field) => {
      const value = datum?.[field];
      return typeof value === 'number' ? [value] : [];
    }),
  );

function seriesValues(view: View, field: string): SeriesValue[] {
  const found = new Map<unknown, string | undefined>();
  for (const { datum, fill, stroke } of dataItems(view)) {
    const value = datum?.[field];
    if (value === undefined || value === null) continue;
    const colour = [fill, stroke].find((one) => typeof one === 'string' && one !== 'transparent') as string | undefined;
    if (found.get(value) === undefined) found.set(value, colour);
  }
  const values = [...found].map(([value, colour]) => ({ value, colour }));
  return values.every(({ value }) => typeof value === 'number')
    ? values.sort((a, b) => (a.value as number) - (b.value as number))
    : values;
}
