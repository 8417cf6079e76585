import type { Draft } from './drafts.ts';
import { readStageExecutor } from './executor.ts';
import type { Scope } from './interpolate.ts';
import type { Json, Resources, StageExecutor, Until } from './plan.ts';
import { quote } from './problems.ts';
import { MEMORY_FORM, readMemory, readTime, TIME_FORM } from './quantities.ts';
import { fieldsOf } from './shape.ts';
import { REPLICATES_FORM, readUntil } from './until.ts';
import { integer, valueAt } from './values.ts';

export interface Settings {
  readonly replicates: number | null;
  readonly until?: Until;
  readonly resources: Resources;
  readonly executor?: StageExecutor;
  readonly retry: { readonly times: number; readonly delay: number };
}

const MOST_REPLICATES = 1_000_000;
const MOST_RETRIES = 100;
/** Seconds before the first retry where a stage does not say. */
const RETRY_DELAY = 1;

/** How a stage is repeated, bounded and retried: the same for all its cells, so these may refer to parameters only. */
export function readSettings(draft: Draft, scope: Scope): Settings {
  const executor = draft.fields.get('executor');
  const where = executor && readStageExecutor(executor.value, scope);
  return {
    ...readReplicates(draft, scope),
    ...(where !== undefined && { executor: where }),
    resources: readResources(draft, scope),
    retry: readRetry(draft, scope),
  };
}

function readReplicates(draft: Draft, scope: Scope): Pick<Settings, 'replicates' | 'until'> {
  const entry = draft.fields.get('replicates');
  if (entry === undefined) return { replicates: null };
  const { contract, sort, uses } = draft;
  if (sort === 'run' || (contract && contract.replicateOutputs === undefined)) {
    const message = sort === 'run' ? 'a `run` stage has no replicates' : `the kind ${quote(uses)} has no replicates`;
    scope.problems.add({
      code: 'replicates',
      at: entry.key,
      message,
      expected: 'a kind that combines replicates, or a matrix',
    });
    return { replicates: null };
  }
  const { value } = entry;
  if (value.kind === 'map') return readUntil(value, draft, scope, MOST_REPLICATES) ?? { replicates: null };
  return { replicates: valueAt(value, '`replicates`', REPLICATES_FORM, integer(1, MOST_REPLICATES), scope) ?? null };
}

function readResources(draft: Draft, scope: Scope): Resources {
  const node = draft.fields.get('resources')?.value;
  const fields = node && fieldsOf(node, '`resources`', ['cpus', 'memory', 'time'], scope.problems);
  const of = <T>(name: string, form: string, read: (value: Json) => T | undefined): T | undefined => {
    const entry = fields?.get(name);
    return entry && valueAt(entry.value, `\`${name}\``, form, read, scope);
  };
  const memory = of('memory', MEMORY_FORM, readMemory);
  const time = of('time', TIME_FORM, readTime);
  return {
    cpus: of('cpus', 'an integer ≥ 1', integer(1, 100_000)) ?? 1,
    ...(memory !== undefined && { memory }),
    ...(time !== undefined && { time }),
  };
}

function readRetry(draft: Draft, scope: Scope): { times: number; delay: number } {
  const node = draft.fields.get('retry')?.value;
  const form = `an integer from 0 to ${MOST_RETRIES}`;
  if (node === undefined) return { times: 0, delay: RETRY_DELAY };
  if (node.kind !== 'map') {
    return {
      times: valueAt(node, '`retry`', `${form}, or { times, delay }`, integer(0, MOST_RETRIES), scope) ?? 0,
      delay: RETRY_DELAY,
    };
  }
  const fields = fieldsOf(node, '`retry`', ['times', 'delay'], scope.problems)!;
  const times = fields.get('times')?.value;
  const delay = fields.get('delay')?.value;
  if (times === undefined)
    scope.problems.add({ code: 'missing-key', at: node, message: '`retry` lacks `times`', expected: `times: ${form}` });
  return {
    times: (times && valueAt(times, '`times`', form, integer(0, MOST_RETRIES), scope)) ?? 0,
    delay:
      (delay && valueAt(delay, '`delay`', TIME_FORM, (value) => (value === 0 ? 0 : readTime(value)), scope)) ??
      RETRY_DELAY,
  };
}
