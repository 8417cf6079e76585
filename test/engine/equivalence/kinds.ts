import type { DescribedKind } from '../../../src/engine/describe.ts';
import { checkpointsOf } from '../../../src/engine/growth.ts';
import type { LoadedKind } from '../../../src/engine/kinds.ts';
import type { InputBlob, Task } from '../../../src/engine/task.ts';
import { canonical, type Digest, sha256 } from '../../../src/store/canonical.ts';
import type { KindResolver, Port } from '../../../src/study/contract.ts';
import { kind } from '../fakes.ts';
import type { StudyModel, Uses } from './model.ts';

const TABLE: Port = { type: 'table' };
const OPTIONAL: Port = { type: 'table', optional: true };
const NOTE: Port = { type: 'file', extension: 'txt', optional: true };
/** With a number to look at, which `until` asks for. */
const DRAW: Port = { type: 'table', schema: { x: 'float64' } };
/** Loose schemas: compiling tight ones for every edit would take longer than all else. */
const params = (properties: Readonly<Record<string, unknown>> = {}) => ({ type: 'object', properties });

const CONTRACTS: Readonly<Record<Exclude<Uses, 'program'>, Partial<DescribedKind>>> = {
  plain: {
    params: params(),
    inputs: Object.fromEntries(
      [0, 1, 2, 3].flatMap((at): [string, Port][] => [
        [`extra${at}`, OPTIONAL],
        [`note${at}`, NOTE],
      ]),
    ),
  },
  lossy: { params: params() },
  maybe: { params: params(), outputs: { out: TABLE, extra: OPTIONAL } },
  drawn: { params: params(), seeded: true },
  combined: {
    params: params(),
    seeded: true,
    replicateOutputs: { draw: DRAW },
    observes: ['keep'],
    combineParams: ['confidence'],
  },
  grown: {
    params: params(),
    seeded: true,
    replicateOutputs: { draw: DRAW },
    observes: ['keep'],
    grows: 'steps',
  },
  reads: { params: params({ spec: { type: 'string', 'x-driftline': 'file' } }) },
};

const PROGRAM = 'driftline:run';
const CLAIM = 'driftline:claim';

/** The kinds of a model. Their code is a version; a comment changes their sources and no digest, as a bundle's would. */
export function kindsOf({ code, comments }: Pick<StudyModel, 'code' | 'comments'>): LoadedKind[] {
  const own = Object.entries(CONTRACTS).map(([uses, contract]) => {
    const version = `${uses} ${code[uses as Uses]}`;
    const loaded = kind(uses, contract, version);
    return { ...loaded, bundle: version, sources: { [`stages/${uses}.ts`]: sha256(`${version} ${comments}`) } };
  });
  const program = kind(PROGRAM, { outputs: {} });
  const claim = kind(CLAIM, {
    params: { type: 'object' },
    inputs: { rows: TABLE },
    outputs: { verdict: { type: 'file', extension: 'json' } },
  });
  return [...own, program, claim];
}

export const resolverOf = (loaded: readonly LoadedKind[]): KindResolver => {
  const contracts = new Map(loaded.map(({ uses, contract }) => [uses, contract]));
  return async (uses) => {
    const found = contracts.get(uses);
    return found === undefined ? { missing: uses, known: [...contracts.keys()] } : { found };
  };
};

/** All that a task lets its kind see, with contents in place of digests: what its result may rest on. */
function visible(task: Task, contentOf: (digest: Digest) => string): Readonly<Record<string, unknown>> {
  const input = ({ digest, format }: InputBlob) => ({ format, content: contentOf(digest) });
  const { bundle, entry, params: told, files, inputs, outputs, seed, looks } = task;
  return {
    bundle,
    entry,
    params: told,
    files: Object.fromEntries(Object.entries(files).map(([at, digest]) => [at, contentOf(digest)])),
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, each]) => [
        name,
        Array.isArray(each) ? each.map(input) : input(each as InputBlob),
      ]),
    ),
    outputs: Object.keys(outputs),
    seed,
    ...(looks !== undefined && { looks }),
  };
}

export interface Performed {
  /** Identifies the computation: equal for two tasks that must give the same. */
  readonly identity: Digest;
  readonly texts: Record<string, string>;
}

/**
 * Does a task in place of a kind: the result is a hash of everything that it can see, so that whatever is missing from
 * a key shows. Lossy stages keep a bit of it, so that changes often stop at them.
 */
export function performModel(task: Task, contentOf: (digest: Digest) => string): Performed {
  const seen = visible(task, contentOf);
  const identity = sha256(canonical(seen));
  const uses = task.bundle.split(' ')[0];
  const hash = uses === 'grown' && task.entry === 'run' ? walked(task, seen) : identity;
  // An optional table is left out of every second result, and every second look asks for more.
  const names = Object.keys(task.outputs).filter(
    (name) => !['extra', 'more'].includes(name) || Number.parseInt(hash[0], 16) % 2 === 0,
  );
  const text = uses === 'lossy' ? String(Number.parseInt(hash[0], 16) % 2) : hash;
  return { identity, texts: Object.fromEntries(names.map((name) => [name, `${name} ${text}`])) };
}

/** A random walk of hashes: `steps` decides how far it goes, `keep` only what is told of it. */
function walked(task: Task, seen: Readonly<Record<string, unknown>>): Digest {
  const { steps, keep, ...rest } = task.params as { steps: number; keep: number };
  const checkpoint = checkpointsOf(task);
  const given = checkpoint.given === undefined ? undefined : Buffer.from(checkpoint.given).toString().split(' ');
  let [at, state] =
    given === undefined ? [0, sha256(canonical({ ...seen, params: rest }))] : [Number(given[0]), given[1]];
  for (; at < steps; at++) state = sha256(state);
  checkpoint.save(steps, Buffer.from(`${at} ${state}`));
  return sha256(`${state} ${keep}`);
}
