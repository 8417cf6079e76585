import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from './atomic.ts';
import { type Digest, sha256 } from './canonical.ts';
import { readPlainOrNone } from './ownFile.ts';

/** A state from which a run goes on, and how far it had come. */
export interface Checkpoint {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/**
 * The furthest state of each run that can grow: `checkpoints/<growth key>/<at>`, its sha256 before its bytes. One that is
 * damaged or lost costs running from the start again, so they are not waited for to reach the disk.
 */
export class Checkpoints {
  readonly #root: string;

  constructor(storeRoot: string) {
    this.#root = join(storeRoot, 'checkpoints');
  }

  /** The furthest checkpoint not beyond `limit`; undefined where there is none. */
  latest(growthKey: Digest, limit: number): Checkpoint | undefined {
    for (const at of this.#kept(growthKey).sort((a, b) => b - a)) {
      if (at > limit) continue;
      const file = readPlainOrNone(this.#path(growthKey, at));
      if (file === undefined) continue; // another run came further and removed it
      const bytes = file.subarray(64);
      if (file.subarray(0, 64).toString('latin1') === sha256(bytes)) return { at, bytes };
    }
    return undefined;
  }

  /** How far the furthest checkpoint not beyond `limit` is, without reading it. */
  furthest(growthKey: Digest, limit: number): number | undefined {
    const kept = this.#kept(growthKey).filter((at) => at <= limit);
    return kept.length === 0 ? undefined : Math.max(...kept);
  }

  /** Keeps a checkpoint in place of those that are less far. */
  save(growthKey: Digest, { at, bytes }: Checkpoint): void {
    const before = this.#kept(growthKey);
    writeAtomically(this.#path(growthKey, at), Buffer.concat([Buffer.from(sha256(bytes), 'latin1'), bytes]), {
      durable: false,
    });
    for (const other of before) if (other < at) rmSync(this.#path(growthKey, other), { force: true });
  }

  #kept(growthKey: Digest): number[] {
    try {
      return readdirSync(join(this.#root, growthKey))
        .map(Number)
        .filter((at) => Number.isSafeInteger(at));
    } catch {
      return [];
    }
  }

  #path(growthKey: Digest, at: number): string {
    return join(this.#root, growthKey, String(at));
  }
}
