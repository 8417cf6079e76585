/** How the matrix of a stage is written. All have the axis `c`; some have labels `w` beside it. */
export const SHAPES = ['list', 'range', 'zip', 'dependent', 'product'] as const;

export interface MatrixModel {
  readonly shape: (typeof SHAPES)[number];
  /** Values of the axis `c`; none: a single cell. */
  readonly axis: readonly number[];
  readonly exclude: readonly number[];
  readonly include: readonly number[];
}

interface Point {
  readonly c: number;
  readonly w?: string;
}

export const hasLabels = ({ axis, shape }: MatrixModel): boolean =>
  axis.length > 0 && shape !== 'list' && shape !== 'range';

const valuesOf = ({ axis, shape }: MatrixModel): readonly number[] =>
  shape === 'range' ? Array.from({ length: Math.max(0, ...axis) }, (_, at) => at + 1) : axis;

/** The labels that go with a value where they depend on it. */
const labelsOf = (c: number): readonly string[] => (c % 2 === 0 ? ['low', 'high'] : ['low']);

function product(matrix: MatrixModel): readonly Point[] {
  const values = valuesOf(matrix);
  switch (matrix.shape) {
    case 'list':
    case 'range':
      return values.map((c) => ({ c }));
    case 'zip':
      return values.map((c) => ({ c, w: c % 2 === 0 ? 'even' : 'odd' }));
    case 'dependent':
      return values.flatMap((c) => labelsOf(c).map((w) => ({ c, w })));
    case 'product':
      return values.flatMap((c) => ['low', 'high'].map((w) => ({ c, w })));
  }
}

/** Of a stage with both labels only the lower cell is taken away. A matrix that would have no cell left keeps all of it. */
function excluded(matrix: MatrixModel): readonly Point[] {
  const some = product(matrix).filter(({ c, w }) => matrix.exclude.includes(c) && w !== 'high');
  return some.length === product(matrix).length ? [] : some;
}

const included = (matrix: MatrixModel): readonly Point[] =>
  matrix.include
    .filter((c) => !valuesOf(matrix).includes(c))
    .map((c) => (hasLabels(matrix) ? { c, w: 'more' } : { c }));

/** The points of a matrix; none where there is no matrix. */
export function pointsOf(matrix: MatrixModel): readonly Point[] {
  if (matrix.axis.length === 0) return [];
  const out = excluded(matrix);
  const isOut = (point: Point): boolean => out.some(({ c, w }) => c === point.c && w === point.w);
  return [...product(matrix).filter((point) => !isOut(point)), ...included(matrix)];
}

const written = ({ c, w }: Point): string => (w === undefined ? `{ c: ${c} }` : `{ c: ${c}, w: ${w} }`);
const listed = (points: readonly Point[]): string => `[${points.map(written).join(', ')}]`;

/** The line of a stage as a user would write it; undefined for a stage without a matrix. */
export function matrixYaml(matrix: MatrixModel): string | undefined {
  if (matrix.axis.length === 0) return undefined;
  const values = `c: [${matrix.axis.join(', ')}]`;
  const dependent = matrix.axis.map((c) => `${c}: [${labelsOf(c).join(', ')}]`).join(', ');
  const axes = {
    list: values,
    range: `c: 1..${Math.max(...matrix.axis)}`,
    zip: `zip: ${listed(product(matrix))}`,
    dependent: `${values}, w: { for: c, ${dependent} }`,
    product: `${values}, w: [low, high]`,
  }[matrix.shape];
  const out = excluded(matrix);
  const more = included(matrix);
  return `matrix: { ${axes}${out.length > 0 ? `, exclude: ${listed(out)}` : ''}${more.length > 0 ? `, include: ${listed(more)}` : ''} }`;
}
