import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActionRecord } from '../store/actions.ts';
import { compareCodePoints, type Digest } from '../store/canonical.ts';
import type { Cas } from '../store/cas.ts';
import { Budget } from './budget.ts';
import type { Failure } from './events.ts';
import type { Forecast } from './forecast.ts';
import { NOTHING, type ResolveContext, type ResolvedAction, resolveAction } from './resolve.ts';
import { withPlaces } from './sourcePlaces.ts';
import { storeFiles } from './storeFiles.ts';
import type { Executor, Task, TaskResult } from './task.ts';

/** An output that came out with other bytes than are recorded; null where it is there only once. */
export interface Difference {
  readonly output: string;
  readonly recorded: Digest | null;
  readonly recomputed: Digest | null;
}

/** What computing an action again gave. */
export type Recomputation = {
  readonly target: string;
  readonly stage: string;
  readonly key: Digest;
  /** Of a result that was accepted: the statement that says so. */
  readonly statement?: Digest;
} & (
  | { readonly state: 'same' }
  | { readonly state: 'differs'; readonly differences: readonly Difference[] }
  | { readonly state: 'failed'; readonly failure: Failure }
);

export interface RecomputeContext extends Omit<ResolveContext, 'record'> {
  readonly cas: Cas;
  readonly executor: Executor;
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** Whether what an action is made of can be trusted; what is damaged has to be repaired first. */
  isSound(action: ResolvedAction): boolean;
}

type Current = Forecast & { readonly state: 'cached' };

/** How many of the current results are computed again. */
export type SampleSize = { readonly count: number } | { readonly fraction: number };

/**
 * Chooses actions that have results, by their keys: the same ones at every call, in an order that has nothing to do
 * with the plan's, and for a larger sample the smaller one with more. A key that has several names is chosen once.
 */
export function sample(forecasts: readonly Forecast[], size: SampleSize): Current[] {
  const byKey = new Map<Digest, Current>();
  for (const item of forecasts) {
    if (item.state === 'cached' && item.record !== NOTHING && !byKey.has(item.key)) byKey.set(item.key, item);
  }
  const all = [...byKey.values()].sort((a, b) => compareCodePoints(a.key, b.key));
  return all.slice(0, 'count' in size ? size.count : Math.ceil(size.fraction * all.length));
}

/**
 * Computes actions again from their recorded inputs and compares the bytes of all outputs. Nothing of it enters the
 * store: outputs go to a folder of their own, no checkpoint is read or left, and no record is written.
 */
export async function recompute(
  chosen: readonly Current[],
  records: ReadonlyMap<string, ActionRecord>,
  context: RecomputeContext,
): Promise<{ readonly results: Recomputation[]; readonly skipped: string[] }> {
  const cores = new Budget(context.jobs);
  const actions = chosen.map((item) => {
    const { node, record } = item;
    return { record, action: resolveAction(node, { ...context, record: (target) => records.get(target) }) };
  });
  const sound = actions.filter(({ action }) => context.isSound(action));
  const results = sound.map(async ({ record, action }): Promise<Recomputation> => {
    const { node, key } = action;
    const cpus = node.role === 'run' ? node.stage.resources.cpus : 1;
    const result = await cores.hold(cpus, () => again(action, context));
    const statement = record.accepted && { statement: record.accepted.statement };
    const base = { target: node.target, stage: node.stage.name, key, ...statement };
    if (!result.ok) return { ...base, state: 'failed', failure: await withPlaces(result.failure, action.kind) };
    const differences = compare(record, result);
    return differences.length > 0 ? { ...base, state: 'differs', differences } : { ...base, state: 'same' };
  });
  const skipped = actions.filter(({ action }) => !context.isSound(action)).map(({ action }) => action.node.target);
  return { results: await Promise.all(results), skipped };
}

async function again(action: ResolvedAction, context: RecomputeContext): Promise<TaskResult> {
  const { node } = action;
  const { cas, executor, signal, studyRoot } = context;
  signal.throwIfAborted();
  const changed = storeFiles(action, studyRoot, cas);
  if (changed !== undefined) return { ok: false, failure: changed, log: '' };
  const outputRoot = mkdtempSync(join(tmpdir(), 'driftline-verify-'));
  // Without `growth` a run starts from the start, also where its recorded result went on from a checkpoint.
  const task: Task = { ...action.task, outputRoot };
  const { time, memory } = node.role === 'run' ? node.stage.resources : {};
  const needs = { [action.kind.bundle]: action.kind.needs };
  const limits = { ...(time !== undefined && { time }), ...(memory !== undefined && { memory }) };
  try {
    for (let attempt = 0; ; attempt++) {
      const result = await executor.execute(task, { signal, ...limits, needs, onProgress: () => undefined });
      if (result.ok || attempt >= node.stage.retry.times) return result;
    }
  } finally {
    rmSync(outputRoot, { recursive: true, force: true });
  }
}

function compare(record: ActionRecord, { outputs }: TaskResult & { ok: true }): Difference[] {
  const names = [...new Set([...Object.keys(record.outputs), ...Object.keys(outputs)])].sort(compareCodePoints);
  return names.flatMap((output) => {
    const recorded = record.outputs[output]?.digest ?? null;
    const recomputed = outputs[output]?.digest ?? null;
    return recorded === recomputed ? [] : [{ output, recorded, recomputed }];
  });
}
