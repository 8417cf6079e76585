import type { ActionRecord } from '../../store/actions.ts';
import { canonical, type Digest } from '../../store/canonical.ts';
import type { Scalar } from '../../study/plan.ts';
import type { ActionNode, Source } from '../graph.ts';
import type { KeyManifest } from '../key.ts';
import type { Cause, Link } from './cause.ts';
import { partsOf } from './targetParts.ts';

interface InputComparison {
  readonly causes: Cause[];
  readonly links: Link[];
}

type Records = (target: string) => ActionRecord | undefined;

/** What is known of the makers of inputs. */
interface Makers {
  readonly records: Records;
  /** Whether it was there before. */
  readonly isKnown: (target: string) => boolean;
  /** The look that has to run before it is known whether this is needed, or that asked for it in the run looked at. */
  readonly askedBy: (target: string) => { readonly look: string; readonly pending: boolean } | undefined;
}

/** In which inputs an action differs from an earlier one: what is new or gone, and whose contents are to be followed. */
export function compareInputs(
  node: ActionNode,
  now: KeyManifest,
  before: KeyManifest,
  makers: Makers,
): InputComparison {
  const { records } = makers;
  if (node.role === 'gather') return compareParts(node, before, makers);
  if (node.role === 'combine') return compareReplicates(node, before, makers);
  const causes: Cause[] = [];
  const links: Link[] = [];
  for (const [name, source] of Object.entries(node.inputs)) {
    const from = before.inputs[name];
    const made = source as Source;
    if ('file' in made) {
      const to = now.inputs[name];
      if (from === to) continue;
      causes.push({ kind: 'file', path: made.file, ...digest('from', from), ...digest('to', to) });
      continue;
    }
    const record = records(made.node);
    const to = record?.outputs[made.output]?.digest;
    if (from === undefined) {
      if (to !== undefined) causes.push({ kind: 'input', change: 'new', input: name, target: made.node });
      if (record === undefined) links.push({ input: name, target: made.node });
    } else if (from !== to)
      links.push({ input: name, target: made.node, ...digest('from', from), ...digest('to', to) });
  }
  for (const name of Object.keys(before.inputs)) {
    if (!(name in node.inputs)) causes.push({ kind: 'input', change: 'gone', input: name });
  }
  return { causes, links };
}

/** The inputs of an action that may turn out otherwise because what makes them has to run. */
export function pendingLinks(node: ActionNode, records: Records): Link[] {
  const links = new Map<string, Link>();
  for (const [input, sources] of Object.entries(node.inputs)) {
    for (const source of [sources].flat() as Source[]) {
      if (!('node' in source) || records(source.node) !== undefined || links.has(source.node)) continue;
      links.set(source.node, { input, target: source.node });
    }
  }
  return [...links.values()];
}

function compareReplicates(node: ActionNode, before: KeyManifest, { records, askedBy }: Makers): InputComparison {
  const stage = node.stage.name;
  const lists = Object.entries(node.inputs) as [string, readonly Source[]][];
  const listBefore = (name: string): readonly Digest[] => (before.inputs[name] ?? []) as readonly Digest[];
  const present = lists[0]?.[1].length ?? 0;
  const former = Math.max(0, ...lists.map(([name]) => listBefore(name).length));
  const causes: Cause[] = [];
  const links = new Map<string, Link>();
  for (let replicate = former; replicate < present; replicate++) {
    const [input, sources] = lists[0];
    const source = sources[replicate];
    const asked = 'node' in source ? askedBy(source.node) : undefined;
    // Before the look it is not known whether there will be such a replicate; after it, the look is why there is one.
    if (asked?.pending !== true) causes.push({ kind: 'replicate', change: 'new', stage, replicate });
    if (asked !== undefined) links.set(asked.look, { input, target: asked.look });
  }
  for (let replicate = present; replicate < former; replicate++) {
    causes.push({ kind: 'replicate', change: 'gone', stage, replicate });
  }
  for (const [name, sources] of lists) {
    const digests = listBefore(name);
    // An output that replicates may leave out stands in the key for those that did not.
    if (digests.length < former) continue;
    sources.slice(0, former).forEach((source, replicate) => {
      if (!('node' in source)) return;
      const to = records(source.node)?.outputs[source.output]?.digest;
      const from = digests[replicate];
      if (to !== from) links.set(source.node, { input: name, target: source.node, from, ...digest('to', to) });
    });
  }
  return { causes, links: [...links.values()] };
}

type Part = Readonly<Record<string, Scalar>>;

function compareParts(node: ActionNode, before: KeyManifest, { records, isKnown, askedBy }: Makers): InputComparison {
  const stage = node.stage.name;
  const partsThen = (before.params as { parts?: readonly Part[] } | null)?.parts ?? [];
  const former = new Map<string, { part: Part; look: number; digest: Digest | undefined }>();
  const placeThen = partPlaces();
  const placeNow = partPlaces();
  partsThen.forEach((part, at) => {
    const { name, nth } = placeThen(part);
    former.set(name, { part, look: nth, digest: before.inputs[at] as Digest | undefined });
  });
  const formerCells = cellNames(partsThen);
  const cells = cellNames(node.parts!);
  const causes: Cause[] = [];
  const links: Link[] = [];
  const order: string[] = [];
  let looks = false;
  node.parts!.forEach((part, at) => {
    const { node: target, output } = node.inputs[at] as { readonly node: string; readonly output: string };
    const { name } = placeNow(part);
    const record = records(target);
    const to = record?.outputs[output]?.digest;
    const was = former.get(name);
    const isLook = partsOf(target).look !== undefined;
    looks ||= isLook;
    former.delete(name);
    if (was !== undefined) {
      order.push(name);
      if (was.digest !== to) links.push({ input: output, target, ...digest('from', was.digest), ...digest('to', to) });
    } else if (record !== undefined && to === undefined)
      return; // left out, as before
    else if (isKnown(target) || isLook || askedBy(target)?.pending)
      links.push({ input: output, target, ...digest('to', to) });
    else causes.push(partCause(stage, 'new', part, formerCells));
  });
  for (const { part, look } of former.values()) {
    const isLook = looks && cells.has(canonical(cellOf(part)));
    causes.push(isLook ? { kind: 'look', change: 'gone', stage, look } : partCause(stage, 'gone', part, cells));
  }
  if (causes.length === 0 && links.length === 0 && former.size === 0) {
    const nameOfPart = partPlaces();
    if (partsThen.map((part) => nameOfPart(part).name).join() !== order.join()) causes.push({ kind: 'order', stage });
  }
  return { causes: unique(causes), links };
}

/** Names for parts one after another: the looks at one cell are parts with the same axes. */
function partPlaces(): (part: Part) => { readonly name: string; readonly nth: number } {
  const seen = new Map<string, number>();
  return (part) => {
    const axes = canonical(part);
    const nth = (seen.get(axes) ?? 0) + 1;
    seen.set(axes, nth);
    return { name: `${axes} ${nth}`, nth };
  };
}

const cellOf = ({ replicate: _, ...cell }: Part): Part => cell;

const cellNames = (parts: readonly Part[]): Set<string> => new Set(parts.map((part) => canonical(cellOf(part))));

/** @param others the cells that the other side has */
function partCause(stage: string, change: 'new' | 'gone', part: Part, others: ReadonlySet<string>): Cause {
  const { replicate, ...cell } = part;
  return typeof replicate === 'number' && others.has(canonical(cell))
    ? { kind: 'replicate', change, stage, replicate }
    : { kind: 'cell', change, stage, cell: nameOf(cell) };
}

/** As the plan names a cell. */
const nameOf = (cell: Part): string =>
  Object.entries(cell)
    .map(([axis, value]) => `${axis}=${value}`)
    .join(',');

const unique = (causes: readonly Cause[]): Cause[] => [
  ...new Map(causes.map((cause) => [canonical(cause), cause])).values(),
];

const digest = <Side extends 'from' | 'to'>(side: Side, value: unknown): { readonly [S in Side]?: Digest } =>
  (typeof value === 'string' ? { [side]: value } : {}) as { readonly [S in Side]?: Digest };
