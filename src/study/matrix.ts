import { compareCodePoints } from '../store/canonical.ts';
import { nearest } from '../tables/nearest.ts';
import { checkType, isScalar, type Placed, readAxis } from './axes.ts';
import { FAILED, resolve, type Scope } from './interpolate.ts';
import { type Entry, found, isString, type MapNode, type Node } from './nodes.ts';
import type { Span } from './places.ts';
import { cellId, type Matrix, NO_MATRIX, type Point, point } from './points.ts';
import { listed, oneOf, quote } from './problems.ts';
import { entriesOf, itemsOf } from './shape.ts';

/** Cells of all stages together. */
export const MOST_CELLS = 1_000_000;

const AXIS = /^[\p{L}_][\p{L}\p{N}_]*$/u;
const WORDS: ReadonlySet<string> = new Set(['zip', 'include', 'exclude']);

/** A factor of the product: points to append to each point so far. */
type Block = (point: Point) => readonly Point[] | undefined;

/**
 * Reads a stage's `matrix`: a map of axes, in which
 *
 * - `C: [2, 3, 4..8]`, `lambda: 0.05..0.95 step 0.05` or `C: ${params.list}` is an axis;
 * - `zip: [{ C: 2, label: two }, { C: 3, label: three }]` gives axes that change together;
 * - `alpha: { for: kind, additive: [1], multiplicative: [2, 3] }` gives an axis whose values depend on an axis before it;
 * - `exclude: [{ C: 2, lambda: 0.95 }]` takes away the points that have all these values;
 * - `include: [{ C: 9, lambda: 0.5 }]` adds points, each with a value for every axis.
 *
 * Gives undefined after reporting what is wrong.
 */
export function readMatrix(entry: Entry | undefined, scope: Scope, most = MOST_CELLS): Matrix | undefined {
  if (entry === undefined) return NO_MATRIX;
  const node = entry.value;
  if (entriesOf(node, '`matrix`', scope.problems) === undefined) return undefined;
  return new MatrixReader(node as MapNode, entry.key, scope, most).read();
}

/** Looks whether a point is excluded that count as much as a value of the plan. */
const LOOKS_A_VALUE = 4;

const valuesOf = (names: readonly string[], of: Point): string => JSON.stringify(names.map((name) => of[name]));

/** Points by the axes that they give, so that many of the same axes are one look. */
function byShape(points: readonly Point[]): Map<readonly string[], Set<string>> {
  const names = new Map<string, readonly string[]>();
  const shapes = new Map<readonly string[], Set<string>>();
  for (const each of points) {
    const own = Object.keys(each).sort(compareCodePoints);
    const shape = names.get(own.join()) ?? own;
    names.set(own.join(), shape);
    shapes.set(shape, (shapes.get(shape) ?? new Set()).add(valuesOf(shape, each)));
  }
  return shapes;
}

class MatrixReader {
  readonly #node: MapNode;
  readonly #at: Span;
  readonly #scope: Scope;
  readonly #most: number;
  /** Values of each axis, for types, nearest names and dependent axes. */
  readonly #axes = new Map<string, Placed[]>();
  #failed = false;

  constructor(node: MapNode, at: Span, scope: Scope, most: number) {
    this.#node = node;
    this.#at = at;
    this.#scope = scope;
    this.#most = most;
  }

  #refuse(
    code: string,
    at: Span,
    message: string,
    expected?: string,
    suggestion?: () => string | undefined,
  ): undefined {
    this.#failed = true;
    this.#scope.problems.add({ code, at, message, expected, suggestion });
  }

  read(): Matrix | undefined {
    const blocks: Block[] = [];
    for (const [name, entry] of this.#node.entries) {
      if (name === 'include' || name === 'exclude') continue;
      const block = name === 'zip' ? this.#zip(entry.value) : this.#axis(name, entry);
      if (block) blocks.push(block);
      else this.#failed = true;
    }
    if (this.#failed) return undefined;
    if (blocks.length === 0)
      return this.#refuse('empty-matrix', this.#at, 'the matrix has no axes', 'at least one axis, such as C: [2, 3]');
    const product = this.#product(blocks);
    if (product === undefined) return undefined;
    const excluded = this.#exclude(product);
    const points = this.#include(excluded);
    if (this.#failed) return undefined;
    if (points.length === 0)
      return this.#refuse('empty-matrix', this.#at, 'the matrix is empty: everything is excluded');
    return { axes: [...this.#axes.keys()], points };
  }

  #axis(name: string, { key, value }: Entry): Block | undefined {
    if (!AXIS.test(name))
      return this.#refuse('name', key, `${quote(name)} cannot name an axis`, 'letters, digits and _');
    if (value.kind === 'map') return this.#dependent(name, value);
    const placed = readAxis(value, `axis ${quote(name)}`, this.#scope, this.#most);
    if (placed === undefined) return undefined;
    this.#axes.set(name, placed);
    const points = placed.map((each) => point([[name, each.value]]));
    return () => points;
  }

  /** `alpha: { for: kind, additive: […], … }` */
  #dependent(name: string, node: MapNode): Block | undefined {
    const parent = node.entries.get('for')?.value;
    if (!isString(parent)) {
      return this.#refuse(
        'dependent-axis',
        node,
        `axis ${quote(name)} is a map without \`for\``,
        'a list, a range, or { for: <axis>, <its value>: [values], … }',
      );
    }
    const values = this.#axes.get(parent.value);
    if (values === undefined) {
      const message = `axis ${quote(name)} depends on ${quote(parent.value)}, which is no axis before it`;
      return this.#refuse('dependent-axis', parent, message, oneOf(this.#axes.keys()), () =>
        nearest(parent.value, this.#axes.keys()),
      );
    }
    const parents = new Set(values.map(({ value }) => String(value)));
    const byParent = new Map<string, Point[]>();
    const all: Placed[] = [];
    for (const [of, { key, value }] of node.entries) {
      if (of === 'for') continue;
      if (!parents.has(of)) {
        this.#refuse(
          'dependent-axis',
          key,
          `${quote(of)} is no value of axis ${quote(parent.value)}`,
          oneOf(parents),
          () => nearest(of, parents),
        );
        continue;
      }
      const placed = readAxis(value, `axis ${quote(name)} for ${parent.value}=${of}`, this.#scope, this.#most);
      if (placed === undefined) continue;
      all.push(...placed);
      byParent.set(
        of,
        placed.map((each) => point([[name, each.value]])),
      );
    }
    const without = [...parents].filter((each) => !node.entries.has(each));
    if (without.length > 0)
      this.#refuse(
        'dependent-axis',
        node,
        `axis ${quote(name)} has no values for ${parent.value} = ${listed(without)}`,
      );
    if (this.#failed || all.length === 0 || !checkType(all, `axis ${quote(name)}`, this.#scope)) return undefined;
    this.#axes.set(name, all);
    return (sofar) => byParent.get(String(sofar[parent.value]));
  }

  #zip(node: Node): Block | undefined {
    const items = itemsOf(node, '`zip`', this.#scope.problems);
    if (items === undefined) return undefined;
    if (items.length === 0) return this.#refuse('empty-matrix', node, '`zip` has no points', 'at least one point');
    const [first] = items;
    const names = first.kind === 'map' ? [...first.entries.keys()] : [];
    for (const [name, { key }] of first.kind === 'map' ? first.entries : []) {
      if (!AXIS.test(name) || WORDS.has(name))
        this.#refuse('name', key, `${quote(name)} cannot name an axis`, 'letters, digits and _');
      else if (this.#axes.has(name)) this.#refuse('duplicate-key', key, `axis ${quote(name)} is declared twice`);
    }
    const columns = new Map<string, Placed[]>(names.map((name) => [name, []]));
    const points: Point[] = [];
    const seen = new Set<string>();
    for (const item of items) {
      const read = this.#point(item, names, '`zip`');
      if (read === undefined) continue;
      for (const [name, placed] of read) columns.get(name)?.push(placed);
      const made = point(names.map((name) => [name, read.get(name)!.value]));
      this.#once(made, names, seen, item);
      points.push(made);
    }
    for (const [name, placed] of columns) {
      if (placed.length > 0 && !checkType(placed, `axis ${quote(name)}`, this.#scope)) this.#failed = true;
    }
    if (this.#failed) return undefined;
    for (const [name, placed] of columns) this.#axes.set(name, placed);
    return () => points;
  }

  #product(blocks: readonly Block[]): Point[] | undefined {
    let points: Point[] = [point([])];
    for (const block of blocks) {
      const next: Point[] = [];
      for (const sofar of points) {
        const more = block(sofar) ?? [];
        if (next.length + more.length > this.#most) {
          return this.#refuse(
            'too-many-cells',
            this.#at,
            `the study has more than ${MOST_CELLS} cells`,
            'fewer points',
          );
        }
        for (const each of more) next.push(Object.assign(point([]), sofar, each));
      }
      points = next;
    }
    return points;
  }

  #exclude(points: readonly Point[]): Point[] {
    const entry = this.#node.entries.get('exclude');
    if (entry === undefined) return [...points];
    const patterns: Point[] = [];
    for (const item of itemsOf(entry.value, '`exclude`', this.#scope.problems) ?? this.#fail()) {
      const read = this.#point(item, undefined, '`exclude`');
      if (read === undefined) continue;
      if (read.size === 0)
        this.#refuse('exclude', item, '`exclude` of {} would exclude everything', 'at least one axis');
      else patterns.push(point([...read].map(([name, { value }]) => [name, value])));
    }
    const shapes = [...byShape(patterns)];
    this.#scope.budget.spend(Math.ceil((shapes.length * points.length) / LOOKS_A_VALUE));
    return points.filter((each) => !shapes.some(([names, hits]) => hits.has(valuesOf(names, each))));
  }

  #include(points: Point[]): Point[] {
    const entry = this.#node.entries.get('include');
    if (entry === undefined) return points;
    const names = [...this.#axes.keys()];
    const seen = new Set(points.map((each) => cellId(names, each)));
    for (const item of itemsOf(entry.value, '`include`', this.#scope.problems) ?? this.#fail()) {
      const read = this.#point(item, names, '`include`');
      if (read === undefined) continue;
      for (const [name, placed] of read) {
        const [first] = this.#axes.get(name)!;
        if (!checkType([first, placed], `axis ${quote(name)}`, this.#scope)) this.#failed = true;
      }
      const made = point(names.map((name) => [name, read.get(name)!.value]));
      this.#once(made, names, seen, item);
      points.push(made);
    }
    return points;
  }

  #fail(): readonly Node[] {
    this.#failed = true;
    return [];
  }

  #once(made: Point, names: readonly string[], seen: Set<string>, at: Span): void {
    const id = cellId(names, made);
    if (seen.has(id)) this.#refuse('duplicate-point', at, `the point ${id} comes twice`);
    seen.add(id);
  }

  /** Reads `{ C: 2, lambda: 0.75 }`: all of `names`, or some of the axes where `names` is undefined. */
  #point(node: Node, names: readonly string[] | undefined, what: string): Map<string, Placed> | undefined {
    if (node.kind !== 'map')
      return this.#refuse('type', node, `a point of ${what} is ${found(node)}`, 'a map such as { C: 2, lambda: 0.75 }');
    const allowed = names ?? [...this.#axes.keys()];
    const read = new Map<string, Placed>();
    let fine = true;
    for (const [name, { key, value }] of node.entries) {
      if (!allowed.includes(name)) {
        this.#refuse('unknown-axis', key, `unknown axis ${quote(name)} in ${what}`, oneOf(allowed), () =>
          nearest(name, allowed),
        );
        fine = false;
        continue;
      }
      const resolved = resolve(value, this.#scope);
      fine &&= resolved !== FAILED;
      if (resolved === FAILED) this.#failed = true;
      else if (isScalar(resolved)) read.set(name, { value: resolved, at: value });
      else {
        this.#refuse('type', value, `axis ${quote(name)} is ${found(value)} in ${what}`, 'a string, number or boolean');
        fine = false;
      }
    }
    const missing = (names ?? []).filter((name) => !node.entries.has(name));
    if (missing.length > 0)
      return this.#refuse(
        'missing-axis',
        node,
        `this point of ${what} lacks ${listed(missing)}`,
        'a value for every axis',
      );
    return fine ? read : undefined;
  }
}
