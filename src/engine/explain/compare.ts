import type { Json } from '../../study/plan.ts';
import type { DescribedKind } from '../describe.ts';
import type { ActionNode } from '../graph.ts';
import { type KeyManifest, seedOf, without } from '../key.ts';
import type { LoadedKind } from '../kinds.ts';
import type { Cause } from './cause.ts';
import { differences } from './differences.ts';
import type { CodeExplanation } from './history.ts';
import { partsOf } from './targetParts.ts';

/** An action as it is now, as far as that is known before its inputs are. */
export interface Present {
  readonly node: ActionNode;
  readonly manifest: KeyManifest;
  readonly kind: LoadedKind;
  readonly studySeed: string;
}

/** What an earlier action was. */
export interface Past {
  readonly manifest: KeyManifest;
  /** What it was called. */
  readonly target: string;
  readonly code: CodeExplanation | undefined;
  /** The study's seed then; undefined where no journal says. */
  readonly studySeed: string | undefined;
}

/** The fields, but for the inputs, in which two keys differ. The seed is one only if it does not follow from others. */
export function fieldCauses(now: Present, past: Past): Cause[] {
  const { manifest: to, node } = now;
  const { manifest: from } = past;
  return [
    ...(from.format === to.format ? [] : [{ kind: 'format' as const, from: from.format, to: to.format }]),
    ...(from.code === to.code ? [] : codeCauses(now.kind, past)),
    ...(from.runtime === to.runtime ? [] : [{ kind: 'runtime' as const, from: from.runtime, to: to.runtime }]),
    // A gather's parameters say which cells its inputs are of: they are compared with those.
    ...(node.role === 'gather' ? [] : node.role === 'decide' ? ruleCauses(from, to) : parameterCauses(from, to)),
    ...(node.role === 'combine' ? plannedLooks(from.looks, to.looks) : []),
    ...fileCauses(node, from, to),
    ...portCauses(from, to),
    ...(seedDiffers(now, past) ? [seedCause(now, past)] : []),
  ];
}

const parameterCauses = (from: KeyManifest, to: KeyManifest): Cause[] =>
  differences(from.params, to.params).map((difference) => ({ kind: 'parameter', ...difference }));

/** What a look is told, as the study calls it. */
const RULE: Readonly<Record<string, string>> = {
  column: 'until.metric',
  confidence: 'until.confidence',
  'width.relative': 'until.relativeHalfWidth',
  'width.absolute': 'until.halfWidth',
};

function ruleCauses(from: KeyManifest, to: KeyManifest): Cause[] {
  const [before, now] = [from, to].map(({ params }) => params as { readonly looks?: readonly number[] });
  const others = differences({ ...before, looks: null }, { ...now, looks: null });
  return [
    ...others.map(({ path, ...sides }): Cause => ({ kind: 'rule', path: RULE[path] ?? path, ...sides })),
    ...plannedLooks(before.looks, now.looks),
  ];
}

/** After how many replicates looks are planned follows from `min` and `max`. */
function plannedLooks(from: readonly number[] | undefined, to: readonly number[] | undefined): Cause[] {
  const named = (looks: readonly number[]): string => `after ${looks.join(', ')}`;
  return differences(from ?? null, to ?? null).length === 0
    ? []
    : [{ kind: 'rule', path: 'looks', ...(from && { from: named(from) }), ...(to && { to: named(to) }) }];
}

const seedCause = ({ studySeed: to }: Present, { studySeed: from }: Past): Cause => ({
  kind: 'seed',
  ...(from !== undefined && from !== to && { from }),
  to,
});

/** Which sources and packages of a kind are others. All that changed is named, also what turned out not to count. */
function codeCauses(kind: LoadedKind, { manifest, code }: Past): Cause[] {
  const unknown: Cause = { kind: 'code', bundler: code !== undefined, from: manifest.code, to: kind.digest };
  if (code === undefined) return [unknown];
  if (code.kind !== kind.uses) return [{ kind: 'uses', from: code.kind, to: kind.uses }];
  const found: Cause[] = [
    ...changed(code.sources, kind.sources).map(({ name, ...sides }) => ({
      kind: 'source' as const,
      path: name,
      ...sides,
    })),
    ...changed(code.packages, kind.packages).map((one) => ({ kind: 'package' as const, ...one })),
  ];
  return found.length > 0 ? found : [unknown];
}

interface Changed {
  readonly name: string;
  readonly from?: string;
  readonly to?: string;
}

function changed(before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): Changed[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].flatMap((name) => {
    const [from, to] = [before[name], now[name]];
    return from === to ? [] : [{ name, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }];
  });
}

function fileCauses(node: ActionNode, before: KeyManifest, now: KeyManifest): Cause[] {
  return changed(before.files, now.files).map(({ name, ...sides }) => {
    const path = name.startsWith('/code/') ? name.slice('/code/'.length) : (node.cell?.files[name] ?? name);
    return { kind: 'file', path, ...sides };
  });
}

/** A list of contents is handed over as such by its length, which shows elsewhere. */
function portCauses(before: KeyManifest, now: KeyManifest): Cause[] {
  return changed(before.ports, now.ports).flatMap(({ name, from, to }): Cause[] => {
    if (from === undefined || to === undefined || from.includes(' ') || to.includes(' ')) return [];
    return from === '' || to === '' ? [] : [{ kind: 'port', input: name, from, to }];
  });
}

/** Whether the study's seed is another: other parameters and other replicates have other seeds anyway. */
function seedDiffers({ manifest, node, kind, studySeed }: Present, past: Past): boolean {
  const [from, to] = [past.manifest.seed, manifest.seed];
  if (from === to || from === '' || to === '') return false;
  const replicate = node.replicate === null ? 0 : (partsOf(past.target).replicate ?? 0);
  return seedOf(studySeed, identityIn(past.manifest.params, kind.contract), replicate) !== from;
}

/** The parameters that a seed is made of. */
const identityIn = (params: Json, { observes, grows }: DescribedKind): Json =>
  without(params, [...(observes ?? []), ...(grows === undefined ? [] : [grows])]);
