import type { ActionLog, ActionRecord } from '../store/actions.ts';
import { type Digest, digestOf } from '../store/canonical.ts';
import type { Cas } from '../store/cas.ts';
import { refusedBy } from './gates.ts';
import { type ActionNode, dependencies, outputOf } from './graph.ts';
import type { KeyManifest } from './key.ts';
import { isEmptyGather, NOTHING, type ResolveContext, type ResolvedAction, resolveAction } from './resolve.ts';
import { twins } from './twins.ts';

/**
 * What a run would do with an action: `cached` it has the result; `run` it will certainly compute; `shared` another
 * action of the run is the same computation; `depends` on what upstream results turn out to be, for the same inputs
 * give a known key again (early cutoff), or a look at them may ask for no more; `not-needed` a look decided so, `by` name.
 */
export type Forecast =
  | {
      readonly node: ActionNode;
      readonly state: 'cached';
      readonly key: Digest;
      readonly record: ActionRecord;
      /** It is in a shared cache and not here: a run fetches it. */
      readonly remote?: true;
    }
  | { readonly node: ActionNode; readonly state: 'run'; readonly key?: Digest }
  | { readonly node: ActionNode; readonly state: 'shared'; readonly with: string }
  | { readonly node: ActionNode; readonly state: 'depends' }
  | { readonly node: ActionNode; readonly state: 'not-needed'; readonly by: string };

/** How many actions are in which state. */
export function count(forecasts: readonly Forecast[]): Record<Forecast['state'], number> {
  const counts = { cached: 0, run: 0, shared: 0, depends: 0, 'not-needed': 0 };
  for (const { state } of forecasts) counts[state]++;
  return counts;
}

export type ForecastContext = Omit<ResolveContext, 'record'> & {
  readonly log: ActionLog;
  readonly cas: Cas;
  /** With a shared cache: what is known to be there. What it has of actions whose inputs are still open, nobody knows. */
  readonly remote?: ReadonlyMap<Digest, ActionRecord>;
};

/** Predicts a run without executing anything. The actions that a run executes are all of `run` and some of `depends`. */
export function forecast(nodes: readonly ActionNode[], context: ForecastContext): Forecast[] {
  const steps = forecasting(nodes, context);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Actions that are judged between two steps. */
const AT_ONCE = 500;

/** The same, step by step, for who has others to answer meanwhile. */
export function* forecasting(nodes: readonly ActionNode[], context: ForecastContext): Generator<undefined, Forecast[]> {
  const present = context.cas.snapshot();
  const records = new Map<string, ActionRecord>();
  const notNeeded = new Map<string, string>();
  let followers: ReadonlyMap<string, string> | undefined;
  const states = new Map<string, Forecast['state']>();
  const toRun = new Map<Digest, string>();
  const earlier = rememberedOnce(context.log);

  const judge = (node: ActionNode): Forecast => {
    const shared = (): Forecast | undefined => {
      followers ??= twins(nodes, context);
      const leader = followers.get(node.target);
      return leader !== undefined && states.get(leader) === 'run' ? { node, state: 'shared', with: leader } : undefined;
    };
    const isSettled = (target: string): boolean => records.has(target) || notNeeded.has(target);
    if (node.gate !== undefined) {
      if (!isSettled(node.gate)) return { node, state: 'depends' };
      const by = refusedBy(node, records, notNeeded);
      if (by !== undefined) {
        notNeeded.set(node.target, by);
        return { node, state: 'not-needed', by };
      }
    }
    const known = [...dependencies(node)].every(isSettled);
    let action: ResolvedAction;
    try {
      action = resolveAction(node, { ...context, record: (target) => (known ? records.get(target) : undefined) });
    } catch {
      return { node, state: 'run' }; // an input is missing: the run says which
    }
    if (!known) {
      // The inputs are not known yet. Where no earlier action agrees in all the rest, none can have its key.
      const twin = shared();
      if (twin !== undefined) return twin;
      const open = context.remote !== undefined || mayBeEmpty(node) || earlier().has(withoutInputs(action.manifest));
      return { node, state: open ? 'depends' : 'run' };
    }
    const { key } = action;
    const record = isEmptyGather(action) ? NOTHING : context.log.get(key);
    if (record !== undefined && Object.values(record.outputs).every(({ digest }) => present.has(digest))) {
      records.set(node.target, record);
      return { node, state: 'cached', key, record };
    }
    const elsewhere = context.remote?.get(key);
    if (elsewhere !== undefined) {
      records.set(node.target, elsewhere);
      return { node, state: 'cached', key, record: elsewhere, remote: true };
    }
    const same = toRun.get(key);
    if (same !== undefined) return { node, state: 'shared', with: same };
    toRun.set(key, node.target);
    return { node, state: 'run', key };
  };

  const forecasts: Forecast[] = [];
  for (const node of nodes) {
    const item = judge(node);
    states.set(node.target, item.state);
    if (forecasts.push(item) % AT_ONCE === 0) yield;
  }
  return forecasts;
}

/** Whether all cells may leave out the table that is gathered: then there is nothing to run. */
const mayBeEmpty = ({ role, target, stage }: ActionNode): boolean =>
  role === 'gather' && stage.outputs[outputOf(target, stage.name)]?.optional === true;

/** The earlier actions without their inputs, read from disk when first asked for. */
function rememberedOnce(log: ActionLog): () => Set<Digest> {
  let earlier: Set<Digest> | undefined;
  return () => {
    earlier ??= new Set([...log.manifests().values()].filter(isKeyManifest).map(withoutInputs));
    return earlier;
  };
}

export const isKeyManifest = (manifest: unknown): manifest is KeyManifest =>
  typeof manifest === 'object' && manifest !== null && 'format' in manifest;

/** A digest of what is in a manifest whatever the inputs turn out to be. A gather's parts follow from its inputs. */
const withoutInputs = ({ inputs: _, ports: __, params, ...rest }: KeyManifest): Digest => {
  const gathers = typeof params === 'object' && params !== null && 'parts' in params;
  return digestOf('action-without-inputs', { ...rest, params: gathers ? null : params });
};
