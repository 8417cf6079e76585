import type { ActionLog } from '../store/actions.ts';
import { canonical, compareCodePoints, type Digest } from '../store/canonical.ts';
import type { Leases } from '../store/leases.ts';
import type { StatedChange, Statement } from '../store/statements.ts';
import type { Acceptable, Candidate, Transition } from './acceptable.ts';
import type { Failure } from './events.ts';
import { type ActionNode, dependencies } from './graph.ts';
import { type Difference, type Recomputation, type RecomputeContext, recompute, type SampleSize } from './recompute.ts';

/** What computing a candidate with its new code gave. */
export type Trial = { readonly target: string; readonly stage: string; readonly key: Digest } & (
  | { readonly state: 'same' }
  /** `unstable`: a second time it came out otherwise again, so that no comparison means anything. */
  | { readonly state: 'changed' | 'unstable'; readonly differences: readonly Difference[] }
  | { readonly state: 'failed'; readonly failure: Failure }
);

export interface Judgement {
  readonly trials: readonly Trial[];
  /** In the order of the plan. */
  readonly accepted: readonly Candidate[];
  /** Stages of which nothing is accepted, for one of their actions did not come out the same. */
  readonly refused: readonly string[];
  /** Targets of these stages, and of what is made of them. */
  readonly withheld: readonly string[];
}

/**
 * Chooses candidates by their keys: the same ones at every call, and for a larger sample the smaller one with more. One
 * of each change of code, in each function of each stage, is always among them.
 */
export function sampleCandidates(candidates: readonly Candidate[], size: SampleSize): Candidate[] {
  const inOrder = [...candidates].sort((a, b) => compareCodePoints(a.key, b.key));
  const represented = new Set<string>();
  const first: Candidate[] = [];
  const others: Candidate[] = [];
  for (const candidate of inOrder) {
    const groups = groupsOf(candidate);
    (groups.every((group) => represented.has(group)) ? others : first).push(candidate);
    for (const group of groups) represented.add(group);
  }
  const wanted = 'count' in size ? size.count : Math.ceil(size.fraction * candidates.length);
  return [...first, ...others.slice(0, Math.max(0, wanted - first.length))];
}

/** The stages of a candidate, with its change of code and the function that is run. */
function groupsOf({ nodes, action, transition }: Candidate): string[] {
  return nodes.map(({ stage }) => `${transition.id} ${action.manifest.entry} ${stage.name}`);
}

/**
 * Computes candidates with their new code, from the start, and compares with the outputs of their origins. One of each
 * stage goes first, so that a change that shows everywhere costs no more; then the others, but of stages that are refused.
 */
export async function judge(
  nodes: readonly ActionNode[],
  { candidates, records }: Acceptable,
  chosen: readonly Candidate[],
  context: RecomputeContext,
): Promise<Judgement> {
  const compute = async (some: readonly Candidate[]) => {
    const asRecorded = some.map(({ nodes: [node], key, origin: { record } }) => ({ node, key, record }));
    const current = asRecorded.map((item) => ({ ...item, state: 'cached' as const }));
    return (await recompute(current, records, context)).results;
  };
  const lostBy = (results: readonly Recomputation[]) => {
    const wrong = new Set(results.flatMap(({ key, state }) => (state === 'same' ? [] : [key])));
    const stages = candidates.flatMap((one) => (wrong.has(one.key) ? one.nodes.map(({ stage }) => stage.name) : []));
    const refused = new Set(stages);
    return { refused, lost: lostTargets(nodes, candidates, refused) };
  };
  const firstKeys = new Set(sampleCandidates(candidates, { count: 0 }).map(({ key }) => key));
  const first = await compute(chosen.filter(({ key }) => firstKeys.has(key)));
  const early = lostBy(first).lost;
  const others = chosen.filter((one) => !firstKeys.has(one.key) && !one.nodes.some(({ target }) => early.has(target)));
  const results = [...first, ...(await compute(others))];
  const { refused, lost } = lostBy(results);
  const isLost = ({ target }: ActionNode): boolean => lost.has(target);
  return {
    trials: await toldApart(results, (keys) => compute(chosen.filter(({ key }) => keys.has(key)))),
    accepted: candidates.filter((one) => !one.nodes.some(isLost)),
    refused: [...refused],
    withheld: candidates.flatMap((one) => one.nodes.filter(isLost).map(({ target }) => target)),
  };
}

/** Computes one action of each stage that came out otherwise once more, to tell a change from a stage that is not deterministic. */
async function toldApart(
  results: readonly Recomputation[],
  compute: (keys: ReadonlySet<Digest>) => Promise<readonly Recomputation[]>,
): Promise<Trial[]> {
  const oneOfStage = new Map<string, Digest>();
  for (const { stage, key, state } of results) {
    if (state === 'differs' && !oneOfStage.has(stage)) oneOfStage.set(stage, key);
  }
  const second = new Map((await compute(new Set(oneOfStage.values()))).map((result) => [result.key, result]));
  return results.map((result): Trial => {
    if (result.state !== 'differs') return result;
    const other = second.get(result.key);
    const steady =
      other === undefined ||
      (other.state === 'differs' && canonical(other.differences) === canonical(result.differences));
    return { ...result, state: steady ? 'changed' : 'unstable' };
  });
}

/** The actions of refused stages, what is made of them, and what else has the key of one of these. */
function lostTargets(
  nodes: readonly ActionNode[],
  candidates: readonly Candidate[],
  refused: ReadonlySet<string>,
): Set<string> {
  const namesakes = new Map(candidates.flatMap((one) => one.nodes.map(({ target }) => [target, one.nodes] as const)));
  const lost = new Set<string>();
  for (let before = -1; before < lost.size; ) {
    before = lost.size;
    for (const node of nodes) {
      if (!refused.has(node.stage.name) && ![...dependencies(node)].some((target) => lost.has(target))) continue;
      lost.add(node.target);
      for (const { target } of namesakes.get(node.target) ?? []) lost.add(target);
    }
  }
  return lost;
}

/** What a statement says of candidates that are accepted. */
export function stated(
  accepted: readonly Candidate[],
  trials: readonly Trial[],
): Pick<Statement, 'accepted' | 'changes' | 'recomputed'> {
  const keys = new Set(accepted.map(({ key }) => key));
  const recomputed = trials.filter(({ key, state }) => state === 'same' && keys.has(key));
  return {
    accepted: accepted.length,
    changes: byChange(accepted, new Set(recomputed.map(({ key }) => key))),
    recomputed: recomputed.map(({ target, key }) => ({ target, key })),
  };
}

/** Counts candidates by change of code, stage and function; of those with several names, for the first. */
export function byChange(candidates: readonly Candidate[], recomputed: ReadonlySet<Digest>): StatedChange[] {
  type Count = { -readonly [Name in keyof StatedChange['stages'][number]]: StatedChange['stages'][number][Name] };
  const changes = new Map<Transition, Map<string, Count>>();
  for (const { key, nodes, action, transition } of candidates) {
    const stages = changes.get(transition) ?? new Map<string, Count>();
    changes.set(transition, stages);
    const { entry } = action.manifest;
    const stage = nodes[0].stage.name;
    const count = stages.get(`${stage} ${entry}`) ?? { stage, entry, accepted: 0, recomputed: 0 };
    stages.set(`${stage} ${entry}`, count);
    count.accepted++;
    if (recomputed.has(key)) count.recomputed++;
  }
  return [...changes].map(([{ kind, from, to, changes: parts }, stages]) => ({
    kind,
    from,
    to,
    changes: parts,
    stages: [...stages.values()],
  }));
}

/**
 * Records accepted actions with the outputs of their origins. `state` writes the statement about those that it is given
 * and returns its digest: it is there before a record names it. What another process is at, or has recorded meanwhile,
 * is left to it. Returns the digest; undefined where nothing was left to record.
 */
export function recordAccepted(
  accepted: readonly Candidate[],
  { log, leases }: { readonly log: ActionLog; readonly leases: Leases },
  state: (recorded: readonly Candidate[]) => Digest,
): Digest | undefined {
  const held = accepted.filter(({ key }) => leases.acquire(key));
  try {
    log.refresh();
    const open = held.filter(({ key }) => log.get(key) === undefined);
    if (open.length === 0) return undefined;
    const statement = state(open);
    for (const { digest, uses, sources, packages } of new Set(open.map(({ action }) => action.kind))) {
      log.explain(digest, { kind: uses, sources, packages });
    }
    log.appendAll(
      open.map(({ key, nodes: [{ target }], action: { manifest }, origin }) => {
        const { outputs, seconds, run, signedBy } = origin.record;
        const accepted = { from: origin.key, statement };
        // Who answered for the outputs goes on to do so.
        return { key, manifest, record: { outputs, seconds, run, target, accepted, ...(signedBy && { signedBy }) } };
      }),
    );
    return statement;
  } finally {
    for (const { key } of held) leases.release(key);
  }
}
