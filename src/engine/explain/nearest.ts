import type { ActionRecord } from '../../store/actions.ts';
import type { Digest } from '../../store/canonical.ts';
import type { ActionNode } from '../graph.ts';
import type { KeyManifest } from '../key.ts';
import type { Before } from './cause.ts';
import { distance } from './differences.ts';
import type { History } from './history.ts';
import { partsOf } from './targetParts.ts';

/** Comparisons that one explanation makes at most in search of the nearest action of other names. */
const COMPARISONS = 200_000;

/** Finds the earlier action that an action is to be compared with. */
export class Nearest {
  readonly #history: History;
  readonly #each: number;

  /** @param targets how many are going to ask */
  constructor(history: History, targets: number) {
    this.#history = history;
    this.#each = Math.max(20, Math.floor(COMPARISONS / Math.max(1, targets)));
  }

  /**
   * The action of the same name that differs in the fewest fields; the one used last of equals. Where the name is new:
   * of the newest of the same sort in its stage, then of those with the same code, whatever they are called.
   *
   * @param before only what an earlier run than this computed
   */
  of(node: ActionNode, now: KeyManifest, key: Digest | undefined, before?: string): Before | undefined {
    const history = this.#history;
    const own = history.ofTarget(node.target);
    const candidates: (() => readonly Digest[])[] = [() => own, () => history.ofSort(node.target)];
    // All gathers have one code: another stage's tells nothing.
    if (node.role !== 'gather') candidates.push(() => history.ofCode(now.code));
    for (const [at, list] of candidates.entries()) {
      const found = this.#best(node, at === 0 ? list() : list().slice(-this.#each), now, key, before);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #best(
    node: ActionNode,
    keys: readonly Digest[],
    now: KeyManifest,
    own: Digest | undefined,
    before: string | undefined,
  ): Before | undefined {
    let best: Before | undefined;
    let least = Number.POSITIVE_INFINITY;
    let lastUse = '';
    for (const key of keys) {
      const record = this.#history.record(key);
      if (key === own || record === undefined || (before !== undefined && record.run >= before)) continue;
      const manifest = this.#history.manifest(key);
      if (manifest === undefined || manifest.entry !== now.entry) continue;
      const replicate = partsOf(record.target).replicate;
      const apart = apartness(manifest, now) + ((replicate ?? null) === node.replicate ? 0 : 0.5);
      const used = this.#history.lastUse(node.target, key);
      if (apart > least || (apart === least && used < lastUse)) continue;
      best = beforeOf(key, record, this.#history);
      least = apart;
      lastUse = used;
    }
    return best;
  }
}

/** An earlier action, as an explanation names it. */
export function beforeOf(key: Digest, { target, run }: ActionRecord, history: History): Before {
  const journal = history.journal(run);
  return { key, target, run, ...(journal !== undefined && { profile: journal.profile }) };
}

/** In how many fields keys differ; the inputs of a gather count as one, and a seed follows from other fields. */
function apartness(from: KeyManifest, to: KeyManifest): number {
  const isGather = 'parts' in Object(to.params);
  const told = distance(from.params, to.params) + distance(from.inputs, to.inputs);
  return (
    (isGather ? Math.min(told, 1) : told) +
    distance(from.files, to.files) +
    (from.code === to.code ? 0 : 1) +
    (from.runtime === to.runtime ? 0 : 1)
  );
}
