import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeAtomically } from '../store/atomic.ts';
import { type Digest, digestOf } from '../store/canonical.ts';
import type { StatCache } from '../store/statCache.ts';
import type { Plan } from '../study/plan.ts';
import type { Kinds } from './kinds.ts';

/** What a plan was made of: it is good as long as all of this is unchanged. */
interface Memory {
  readonly format: 1;
  readonly sources: Readonly<Record<string, Digest>>;
  /** Folders that hold study files: a new file may match an include. */
  readonly folders: readonly (readonly [path: string, mtimeMs: number])[];
  readonly kinds: Readonly<Record<string, Digest>>;
  readonly plan: Plan;
}

/** What selects a plan. */
export interface PlanRequest {
  readonly version: string;
  readonly file: string;
  readonly profile: string | null;
  readonly set: Readonly<Record<string, string>>;
}

/**
 * Remembers compiled plans by what they were made of, so that a start with nothing to do neither parses YAML nor
 * compiles validators. Whatever is wrong with a memory, the study is read anew.
 */
export class PlanCache {
  readonly #storeRoot: string;
  readonly #studyRoot: string;
  readonly #stats: StatCache;

  constructor(storeRoot: string, studyRoot: string, stats: StatCache) {
    this.#storeRoot = storeRoot;
    this.#studyRoot = studyRoot;
    this.#stats = stats;
  }

  async recall(request: PlanRequest, kinds: Kinds): Promise<Plan | undefined> {
    try {
      const memory = JSON.parse(readFileSync(this.#path(request), 'utf8')) as Memory;
      if (memory.format !== 1) return undefined;
      for (const [path, mtimeMs] of memory.folders) {
        if (statSync(join(this.#studyRoot, path)).mtimeMs !== mtimeMs) return undefined;
      }
      for (const [path, digest] of Object.entries(memory.sources)) {
        if (this.#stats.digest(join(this.#studyRoot, path)) !== digest) return undefined;
      }
      for (const [uses, digest] of Object.entries(memory.kinds)) {
        if ((await kinds.load(uses))?.digest !== digest) return undefined;
      }
      return memory.plan;
    } catch {
      return undefined;
    }
  }

  async remember(request: PlanRequest, plan: Plan, kinds: Kinds): Promise<void> {
    const folders = new Set(Object.keys(plan.sources).map((path) => dirname(path)));
    const uses = new Set(plan.stages.map((stage) => stage.uses));
    const memory: Memory = {
      format: 1,
      sources: plan.sources,
      folders: [...folders].map((path) => [path, statSync(join(this.#studyRoot, path)).mtimeMs]),
      kinds: Object.fromEntries(
        await Promise.all([...uses].map(async (name) => [name, (await kinds.load(name))!.digest])),
      ),
      plan,
    };
    writeAtomically(this.#path(request), JSON.stringify(memory));
  }

  #path(request: PlanRequest): string {
    return join(this.#storeRoot, 'plans', `${digestOf('plan-request', request).slice(0, 16)}.json`);
  }
}
