import type { Acceptance, ActionLog } from '../store/actions.ts';
import { canonical, type Digest } from '../store/canonical.ts';
import type { Cas } from '../store/cas.ts';
import { type Forecast, isKeyManifest } from './forecast.ts';
import { dependencies } from './graph.ts';
import type { KeyManifest } from './key.ts';
import { type ResolveContext, type ResolvedAction, resolveAction } from './resolve.ts';

export interface Change {
  /** `params.policy.C`, `inputs.rows`, `code: src/science/sim/simulate.ts`. */
  readonly field: string;
  readonly from: string;
  readonly to: string;
}

/** Why an action is cached, or is not. */
export type Explanation = { readonly target: string; readonly key?: Digest } & (
  | {
      readonly state: 'cached';
      readonly run: string;
      readonly seconds: number;
      readonly as: string;
      readonly accepted?: Acceptance;
    }
  | { readonly state: 'shared'; readonly with: string }
  | {
      readonly state: 'run' | 'depends';
      /** Inputs of it that are to run themselves. */
      readonly upstream: readonly string[];
      /** Outputs that are recorded under this very key but gone from the store. */
      readonly lost: readonly string[];
      /** The earlier action that differs in the fewest fields, and where it differs. */
      readonly nearest?: string;
      readonly changes: readonly Change[];
    }
);

interface KindExplanation {
  readonly sources: Readonly<Record<string, Digest>>;
  readonly packages: Readonly<Record<string, string>>;
}

/** Explains forecasts by comparing key manifests: the very data that the keys are hashes of. */
export function explain(
  wanted: readonly Forecast[],
  all: readonly Forecast[],
  context: Omit<ResolveContext, 'record'> & { readonly log: ActionLog; readonly cas: Cas },
): Explanation[] {
  const byTarget = new Map(all.map((item) => [item.node.target, item]));
  const manifests = context.log.manifests();
  const earlier = [...manifests].filter((entry): entry is [Digest, KeyManifest] => isKeyManifest(entry[1]));
  return wanted.map((item): Explanation => {
    const { target } = item.node;
    if (item.state === 'cached') {
      const { run, seconds, target: as, accepted } = item.record;
      return { target, key: item.key, state: 'cached', run, seconds, as, ...(accepted && { accepted }) };
    }
    if (item.state === 'shared') return { target, state: 'shared', with: item.with };
    const upstream = [...new Set(dependencies(item.node))].filter((name) => byTarget.get(name)?.state !== 'cached');
    if (item.state === 'depends' || upstream.length > 0) {
      return { target, state: item.state, upstream, lost: [], changes: [] };
    }
    const record = (name: string) => {
      const found = byTarget.get(name);
      return found?.state === 'cached' ? found.record : undefined;
    };
    let action: ResolvedAction;
    try {
      action = resolveAction(item.node, { ...context, record });
    } catch {
      return { target, state: item.state, upstream, lost: [], changes: [] };
    }
    const { manifest, kind, key } = action;
    const known = context.log.get(key);
    const base = { target, key, state: item.state, upstream };
    if (known !== undefined) {
      const lost = Object.entries(known.outputs).flatMap(([name, { digest }]) =>
        context.cas.has(digest) ? [] : [name],
      );
      return { ...base, lost, changes: [] };
    }
    const nearest = nearestOf(manifest, target, earlier, context.log);
    if (nearest === undefined) return { ...base, lost: [], changes: [] };
    const [nearestKey, other] = nearest;
    const before = manifests.get(other.code) as KindExplanation | undefined;
    const changes = differences(other, manifest).flatMap((change) =>
      change.field === 'code' ? codeChanges(before, kind) : [change],
    );
    const name = context.log.get(nearestKey)?.target ?? nearestKey.slice(0, 12);
    return { ...base, lost: [], nearest: name, changes };
  });
}

/** The manifest that differs in the fewest fields; of equals, one of the same target, then the newest. */
function nearestOf(
  manifest: KeyManifest,
  target: string,
  earlier: readonly [Digest, KeyManifest][],
  log: ActionLog,
): [Digest, KeyManifest] | undefined {
  let best: [Digest, KeyManifest] | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const entry of earlier) {
    const same = log.get(entry[0])?.target === target;
    // Another stage's action is no help unless it agrees in code; one of the same target always is.
    if (!same && entry[1].code !== manifest.code) continue;
    const distance = differences(entry[1], manifest).length - (same ? 0.5 : 0);
    if (distance <= least) {
      least = distance;
      best = entry;
    }
  }
  return best;
}

/** The leaves in which two manifests differ, by their dotted path. */
export function differences(from: unknown, to: unknown, path = ''): Change[] {
  if (isRecord(from) && isRecord(to)) {
    const names = new Set([...Object.keys(from), ...Object.keys(to)]);
    return [...names].flatMap((name) => differences(from[name], to[name], path === '' ? name : `${path}.${name}`));
  }
  if (canonicalOrAbsent(from) === canonicalOrAbsent(to)) return [];
  return [{ field: path, from: shown(from), to: shown(to) }];
}

function codeChanges(before: KindExplanation | undefined, now: KindExplanation): Change[] {
  if (before === undefined) return [{ field: 'code', from: 'another version', to: 'this version' }];
  return [
    ...differences(before.sources, now.sources).map((change) => ({
      ...change,
      field: `code: ${change.field.replace(/^sources\./, '')}`,
    })),
    ...differences(before.packages, now.packages).map((change) => ({ ...change, field: `package: ${change.field}` })),
  ];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const canonicalOrAbsent = (value: unknown): string => (value === undefined ? 'absent' : canonical(value));

function shown(value: unknown): string {
  if (value === undefined) return 'none';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[0-9a-f]{64}$/.test(text) ? text.slice(0, 12) : text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
