import { type Digest, digestOf } from '../store/canonical.ts';
import { Checkpoints } from '../store/checkpoints.ts';
import { type KeyManifest, without } from './key.ts';
import type { ResolvedAction } from './resolve.ts';
import type { CheckpointAccess } from './stage.ts';
import type { Growth, Task } from './task.ts';

/** Seconds between two checkpoints that a run leaves on its way, in case it is killed. */
const SECONDS_BETWEEN = 10;

/** Undefined for an action that does not grow. */
export function growthOf({ node, manifest, kind }: ResolvedAction): Growth | undefined {
  const { grows } = kind.contract;
  if (grows === undefined || node.role !== 'run') return undefined;
  const at = (manifest.params as Readonly<Record<string, unknown>>)[grows];
  if (typeof at !== 'number') return undefined;
  return { key: growthKey(manifest, grows), at };
}

/** What all lengths of a run have in common: all of its key but the parameter that grows. */
export const growthKey = (manifest: KeyManifest, grows: string): Digest =>
  digestOf('growth', { ...manifest, params: without(manifest.params, [grows]) });

/** Whether a run is asked for a checkpoint now, and where it tells that it left one. */
export interface CheckpointWish {
  wanted(): boolean;
  fulfilled(): void;
}

/**
 * The checkpoints of one run, as its kind sees them. The one at its end is always kept, and one that is asked for; others
 * now and then.
 */
export function checkpointsOf({ storeRoot, growth }: Task, wish?: CheckpointWish): CheckpointAccess {
  if (growth === undefined) return { given: undefined, save: () => undefined };
  const checkpoints = new Checkpoints(storeRoot);
  let last = performance.now();
  return {
    given: checkpoints.latest(growth.key, growth.at)?.bytes,
    save(at, bytes) {
      const now = performance.now();
      const wanted = wish?.wanted() ?? false;
      if (!wanted && at !== growth.at && now - last < SECONDS_BETWEEN * 1000) return;
      last = now;
      checkpoints.save(growth.key, { at, bytes });
      if (wanted) wish?.fulfilled();
    },
  };
}
