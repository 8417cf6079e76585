/** The parts of a compiled Vega specification that the page reads and changes. */
export interface VegaSpec {
  readonly signals?: readonly Readonly<Record<string, unknown>>[];
  readonly scales?: readonly VegaScale[];
  readonly axes?: readonly VegaAxis[];
  readonly legends?: readonly Readonly<Record<string, unknown>>[];
  readonly marks?: readonly VegaMark[];
  readonly [key: string]: unknown;
}

export interface VegaScale {
  readonly name: string;
  readonly type?: string;
  readonly domain?: unknown;
  readonly domainRaw?: unknown;
  readonly [key: string]: unknown;
}

export interface VegaAxis {
  readonly scale: string;
  readonly encode?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

export type Encoding = Readonly<Record<string, unknown>>;

export interface VegaMark extends VegaSpec {
  readonly type?: string;
  readonly name?: string;
  readonly from?: { readonly data?: string; readonly facet?: { readonly groupby?: string | readonly string[] } };
  readonly encode?: { readonly update?: Encoding };
}

/** A reference of an encoding to a scale and a field, alone or as one of several rules. */
export interface ScaleReference {
  readonly scale: string;
  readonly field?: unknown;
  readonly value?: unknown;
}

/** What an encoding says of scales, rule by rule. */
export function scaleReferences(encoding: unknown): ScaleReference[] {
  const rules = Array.isArray(encoding) ? encoding : [encoding];
  return rules.filter((rule) => typeof rule === 'object' && rule !== null && typeof rule.scale === 'string');
}

/** Every mark that is no group, outermost first. */
export const leafMarks = (spec: VegaSpec): VegaMark[] =>
  (spec.marks ?? []).flatMap((mark) => (mark.type === 'group' ? leafMarks(mark) : [mark]));

/** The specification with every mark that is no group changed. */
export const withLeafMarks = <S extends VegaSpec>(spec: S, change: (mark: VegaMark) => VegaMark): S =>
  spec.marks === undefined
    ? spec
    : {
        ...spec,
        marks: spec.marks.map((mark) => (mark.type === 'group' ? withLeafMarks(mark, change) : change(mark))),
      };

/** All scales, those of facets too. */
export const allScales = (spec: VegaSpec): VegaScale[] => [
  ...(spec.scales ?? []),
  ...(spec.marks ?? []).flatMap((mark) => (mark.type === 'group' ? allScales(mark) : [])),
];

export const withSignals = <S extends VegaSpec>(spec: S, signals: readonly Readonly<Record<string, unknown>>[]): S => ({
  ...spec,
  signals: [...(spec.signals ?? []), ...signals],
});

const POSITIONS = { x: ['x', 'x2', 'xc'], y: ['y', 'y2', 'yc'] } as const;

export type Axis = keyof typeof POSITIONS;

export const AXES: readonly Axis[] = ['x', 'y'];

/** The references of a mark's place along an axis. */
export const positions = (mark: VegaMark, axis: Axis): ScaleReference[] =>
  POSITIONS[axis].flatMap((channel) => scaleReferences(mark.encode?.update?.[channel]));
