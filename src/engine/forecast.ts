import type { ActionLog, ActionRecord } from '../store/actions.ts';
import { type Digest, digestOf } from '../store/canonical.ts';
import type { Cas } from '../store/cas.ts';
import { type ActionNode, dependencies } from './graph.ts';
import type { KeyManifest } from './key.ts';
import { isEmptyGather, NOTHING, type ResolveContext, resolveAction } from './resolve.ts';

/**
 * What a run would do with an action: `cached` it has the result; `run` it will certainly compute; `depends` on what
 * upstream results turn out to be, for the same inputs give a known key again (early cutoff).
 */
export type Forecast =
  | { readonly node: ActionNode; readonly state: 'cached'; readonly key: Digest; readonly record: ActionRecord }
  | { readonly node: ActionNode; readonly state: 'run'; readonly key?: Digest }
  | { readonly node: ActionNode; readonly state: 'depends' };

/** Predicts a run without executing anything. The actions that a run executes are all of `run` and some of `depends`. */
export function forecast(
  nodes: readonly ActionNode[],
  context: Omit<ResolveContext, 'record'> & { readonly log: ActionLog; readonly cas: Cas },
): Forecast[] {
  const present = context.cas.list();
  const records = new Map<string, ActionRecord>();
  const done: Forecast[] = [];
  let earlier: Set<Digest> | undefined;
  for (const node of nodes) {
    const known = [...dependencies(node)].every((target) => records.has(target));
    if (known) {
      const action = resolveAction(node, { ...context, record: (target) => records.get(target) });
      const { key } = action;
      const record = isEmptyGather(action) ? NOTHING : context.log.get(key);
      if (record !== undefined && Object.values(record.outputs).every(({ digest }) => present.has(digest))) {
        records.set(node.target, record);
        done.push({ node, state: 'cached', key, record });
      } else {
        done.push({ node, state: 'run', key });
      }
      continue;
    }
    // The inputs are not known yet. Where no earlier action agrees in all the rest, none can have its key.
    earlier ??= new Set([...context.log.manifests().values()].filter(isKeyManifest).map(withoutInputs));
    const { manifest } = resolveAction(node, { ...context, record: () => undefined });
    done.push({ node, state: earlier.has(withoutInputs(manifest)) ? 'depends' : 'run' });
  }
  return done;
}

const isKeyManifest = (manifest: unknown): manifest is KeyManifest =>
  typeof manifest === 'object' && manifest !== null && 'format' in manifest;

/** A digest of what is in a manifest whatever the inputs turn out to be. A gather's parts follow from its inputs. */
const withoutInputs = ({ inputs: _, ports: __, params, ...rest }: KeyManifest): Digest => {
  const gathers = typeof params === 'object' && params !== null && 'parts' in params;
  return digestOf('action-without-inputs', { ...rest, params: gathers ? null : params });
};
