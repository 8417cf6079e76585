import { type Digest, digestOf } from '../store/canonical.ts';
import type { Json } from '../study/plan.ts';

/** Changes when the meaning of a key changes, so that no old result is taken for a new one. */
const KEY_FORMAT = 1;

/** Everything that decides an action's bytes. Each field is in the key for the reason given; nothing else is. */
export interface KeyManifest {
  /** The meaning of the fields below. */
  readonly format: number;
  /** The kind's code: a digest of its bundled module graph and of its packages' versions. */
  readonly code: Digest;
  /** Which function of the kind: one run, or the combination of replicates. */
  readonly entry: 'run' | 'combine';
  /** What the run is told. A parameter that names a file holds its place, not its path. */
  readonly params: Json;
  /** The contents of files that parameters name, by JSON pointer. */
  readonly files: Readonly<Record<string, Digest>>;
  /** The contents of inputs, never what made them: an upstream change that gives the same bytes stops here. */
  readonly inputs: Readonly<Record<string, Digest | null | readonly (Digest | null)[]>>;
  /** The formats in which inputs arrive: a table and a file of equal bytes are different inputs. */
  readonly ports: Readonly<Record<string, string>>;
  /** What the run draws its random numbers from; empty for a kind without chance. */
  readonly seed: string;
  /** After how many of the replicates that are combined it was planned to look; absent where their number was fixed. */
  readonly looks?: readonly number[];
  /** Arithmetic may differ between major versions of the engine that runs the code. */
  readonly runtime: string;
}

/** What runs code here, as keys name it. */
export const RUNTIME = `node ${process.versions.node.split('.')[0]}`;

export const keyManifest = (fields: Omit<KeyManifest, 'format' | 'runtime'>): KeyManifest => {
  const { code, entry, params, files, inputs, ports, seed, looks } = fields;
  // In the order of names, as they stand in a key.
  const before = { code, entry, files, format: KEY_FORMAT, inputs };
  const after = { params, ports, runtime: RUNTIME, seed };
  return looks === undefined ? { ...before, ...after } : { ...before, looks, ...after };
};

export const keyOf = (manifest: KeyManifest): Digest => digestOf('action', manifest);

/**
 * A replicate's seed: from the study's seed, what the cell computes and the replicate's number — never from an index,
 * a stage's name or an order, so that adding a cell changes no other. Parameters that do not change what happens are
 * left out: the one that grows, for a longer run continues the same randomness, and those that choose what is kept.
 */
export const seedOf = (studySeed: string, identity: Json, replicate: number): string =>
  digestOf('seed', { study: studySeed, cell: identity, replicate });

/** Parameters less some by name. */
export function without(params: Json, names: readonly string[]): Json {
  if (names.length === 0 || typeof params !== 'object' || params === null || Array.isArray(params)) return params;
  return Object.fromEntries(Object.entries(params).filter(([name]) => !names.includes(name)));
}
