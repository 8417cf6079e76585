import type { ActionLog, ActionRecord } from '../store/actions.ts';
import type { Digest } from '../store/canonical.ts';
import type { Cas } from '../store/cas.ts';
import type { CodeChange } from '../store/statements.ts';
import { changeId, codeChanges } from './codeChanges.ts';
import { refusedBy } from './gates.ts';
import { type ActionNode, dependencies } from './graph.ts';
import { type Origin, Origins, partManifest } from './origins.ts';
import { isEmptyGather, NOTHING, type ResolveContext, type ResolvedAction, resolveAction } from './resolve.ts';

/** One change of code, from the digests of a kind to those of another. */
export interface Transition {
  /** Of the code before and after, a program's own files and the runtime among it. */
  readonly id: string;
  readonly kind: string;
  readonly from: Digest;
  readonly to: Digest;
  readonly changes: readonly CodeChange[];
}

/** An action that would run, though an earlier one differs from it in its code alone. */
export interface Candidate {
  readonly key: Digest;
  readonly action: ResolvedAction;
  /** All actions with this key. */
  readonly nodes: readonly ActionNode[];
  readonly origin: Origin;
  readonly transition: Transition;
}

export interface Acceptable {
  readonly candidates: readonly Candidate[];
  /** The results that are up to date, and those that would be if all candidates were accepted. */
  readonly records: ReadonlyMap<string, ActionRecord>;
  readonly cached: number;
  /** Targets that are to run, for no earlier action differs in the code alone. */
  readonly toRun: readonly string[];
  /** Targets whose inputs are known only once these have run. */
  readonly waiting: readonly string[];
}

type AcceptableContext = Omit<ResolveContext, 'record'> & { readonly log: ActionLog; readonly cas: Cas };

/**
 * Finds what can be accepted, inputs before their users: what is accepted has the outputs of its origin, which are the
 * inputs of what comes after it. Changes nothing.
 */
export function findAcceptable(nodes: readonly ActionNode[], context: AcceptableContext): Acceptable {
  const present = context.cas.list();
  const isThere = ({ outputs }: ActionRecord): boolean =>
    Object.values(outputs).every(({ digest }) => present.has(digest));
  const records = new Map<string, ActionRecord>();
  const notNeeded = new Map<string, string>();
  const candidates = new Map<Digest, Candidate & { readonly nodes: ActionNode[] }>();
  const transitions = new Map<string, Transition>();
  const toRun: string[] = [];
  const waiting: string[] = [];
  let cached = 0;
  let known: Origins | undefined;

  for (const node of nodes) {
    if ([...dependencies(node)].some((target) => !records.has(target) && !notNeeded.has(target))) {
      waiting.push(node.target);
      continue;
    }
    const refused = refusedBy(node, records, notNeeded);
    if (refused !== undefined) {
      notNeeded.set(node.target, refused);
      continue;
    }
    const action = resolveOrNone(node, { ...context, record: (target) => records.get(target) });
    const candidate = action && candidates.get(action.key);
    if (candidate !== undefined) {
      candidate.nodes.push(node);
      records.set(node.target, candidate.origin.record);
      continue;
    }
    const record = action && (isEmptyGather(action) ? NOTHING : context.log.get(action.key));
    if (record !== undefined && isThere(record)) {
      records.set(node.target, record);
      cached++;
      continue;
    }
    // What is recorded under this very key and gone from the store is known to have other outputs, or the same: it runs.
    known ??= new Origins(context.log, (digest) => present.has(digest));
    const origin = action === undefined || record !== undefined ? undefined : known.of(action);
    if (action === undefined || origin === undefined) {
      toRun.push(node.target);
      continue;
    }
    const transition = transitionOf(action, origin, known, transitions);
    candidates.set(action.key, { key: action.key, action, nodes: [node], origin, transition });
    records.set(node.target, origin.record);
  }
  return { candidates: [...candidates.values()], records, cached, toRun, waiting };
}

/** Undefined where an input that it needs was left out: running it says which. */
function resolveOrNone(node: ActionNode, context: ResolveContext): ResolvedAction | undefined {
  try {
    return resolveAction(node, context);
  } catch {
    return undefined;
  }
}

function transitionOf(
  { manifest, kind }: ResolvedAction,
  origin: Origin,
  origins: Origins,
  transitions: Map<string, Transition>,
): Transition {
  const to = partManifest(manifest).code;
  const id = changeId(origin.code, to);
  const known = transitions.get(id);
  if (known !== undefined) return known;
  const changes = codeChanges(origin.code, to, origins.explanation(origin.code.code) ?? undefined, kind);
  const transition = { id, kind: kind.uses, from: origin.code.code, to: to.code, changes };
  transitions.set(id, transition);
  return transition;
}
