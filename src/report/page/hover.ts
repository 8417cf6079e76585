interface Mark {
  readonly type?: string;
  readonly name?: string;
  readonly from?: unknown;
  readonly encode?: { readonly update?: Readonly<Record<string, unknown>> };
  readonly marks?: readonly Mark[];
  readonly [key: string]: unknown;
}

/** Square pixels around a point of a line that answer to the pointer. */
const REACH = 140;

/**
 * Gives each line of a compiled Vega specification invisible points that tell their own values. A line is one mark, so
 * its own tooltip would tell the first row's values all along it. Legends and scales stay as they are drawn.
 */
export function withHoverPoints<S extends { readonly marks?: readonly Mark[] }>(spec: S): S {
  return spec.marks === undefined ? spec : { ...spec, marks: spec.marks.flatMap(pointsOf) };
}

function pointsOf(mark: Mark): Mark[] {
  const update = mark.encode?.update;
  if (mark.type !== 'line' || update?.tooltip === undefined) return [withHoverPoints(mark)];
  const { tooltip, ...drawn } = update;
  const points = { x: update.x, y: update.y, tooltip, fill: { value: 'transparent' }, size: { value: REACH } };
  return [
    { ...mark, encode: { ...mark.encode, update: drawn } },
    // Beyond the axes as far as the line goes: what stands outside would move the axes of its row apart.
    { type: 'symbol', from: mark.from, clip: mark.clip ?? false, aria: false, encode: { update: points } },
  ];
}
