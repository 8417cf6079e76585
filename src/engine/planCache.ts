import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { compareCodePoints, type Digest, digestOf, sha256 } from '../store/canonical.ts';
import { readSealed, rememberSealedJson } from '../store/sealed.ts';
import type { StatCache } from '../store/statCache.ts';
import { StudyFiles } from '../study/files.ts';
import type { Plan } from '../study/plan.ts';
import type { Kinds } from './kinds.ts';

/** What a plan was made of: it is good as long as all of this is unchanged. */
interface Memory {
  readonly format: 3;
  readonly sources: Readonly<Record<string, Digest>>;
  /** Names in the folders of study files: a new file may match an include. */
  readonly folders: Readonly<Record<string, readonly string[]>>;
  /** Files that stages name. Where one is gone, reading the study says who wants it. */
  readonly present: readonly string[];
  /** Words of programs' argv that are no files: one that becomes a file is code of the stage. */
  readonly absent: readonly string[];
  readonly kinds: Readonly<Record<string, Digest>>;
  /** Of the plan's JSON. */
  readonly digest: Digest;
  readonly plan: Plan;
}

/** Digests of plans that were recalled or remembered. */
const digests = new WeakMap<Plan, Digest>();

/** Identifies a plan that came out of a {@link PlanCache}. */
export const digestOfPlan = (plan: Plan): Digest => digests.get(plan) ?? sha256(JSON.stringify(plan));

/** What selects a plan. */
export interface PlanRequest {
  /** Of the code that reads studies. */
  readonly version: string;
  readonly file: string;
  readonly profile: string | null;
  readonly set: Readonly<Record<string, string>>;
}

/** An include with a wildcard for folders: then files anywhere may match. */
const WILD_FOLDERS = /\*\*|\*[^\s,\]"']*\//;

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
      const memory = readSealed<Memory>(this.#path(request));
      if (memory?.format !== 3) return undefined;
      for (const [path, digest] of Object.entries(memory.sources)) {
        if (this.#stats.digest(join(this.#studyRoot, path)) !== digest) return undefined;
      }
      const files = new StudyFiles(this.#studyRoot);
      if (JSON.stringify(this.#folders(request, memory.plan)) !== JSON.stringify(memory.folders)) return undefined;
      if (memory.present.some((path) => 'wrong' in files.find(path, ''))) return undefined;
      if (memory.absent.some((path) => this.#exists(path))) return undefined;
      for (const [uses, digest] of Object.entries(memory.kinds)) {
        if ((await kinds.load(uses))?.digest !== digest) return undefined;
      }
      digests.set(memory.plan, memory.digest);
      return memory.plan;
    } catch {
      return undefined;
    }
  }

  /** Returns the plan as it will be recalled: through JSON, where -0 is 0, so that both give the same keys. */
  async remember(request: PlanRequest, plan: Plan, kinds: Kinds): Promise<Plan> {
    const uses = new Set(plan.stages.map((stage) => stage.uses));
    const { present, absent } = namedFiles(plan);
    const json = JSON.stringify(plan);
    const digest = sha256(json);
    const memory: Omit<Memory, 'plan'> = {
      format: 3,
      sources: plan.sources,
      folders: this.#folders(request, plan),
      present,
      absent: absent.filter((path) => !this.#exists(path)),
      kinds: Object.fromEntries(
        await Promise.all([...uses].map(async (name) => [name, (await kinds.load(name))!.digest])),
      ),
      digest,
    };
    // The plan is all but all of it, and it is made JSON once.
    rememberSealedJson(this.#path(request), `${JSON.stringify(memory).slice(0, -1)},"plan":${json}}`);
    const recalled = JSON.parse(json) as Plan;
    digests.set(recalled, digest);
    return recalled;
  }

  #exists(path: string): boolean {
    return existsSync(join(this.#studyRoot, path));
  }

  #folders({ file }: PlanRequest, plan: Plan): Record<string, readonly string[]> {
    const folders: Record<string, readonly string[]> = {};
    const list = (path: string, below: boolean): void => {
      const entries = readdirSync(join(this.#studyRoot, path), { withFileTypes: true }).filter(
        ({ name }) => !name.startsWith('.') && name !== 'node_modules',
      );
      const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
      folders[path] = names.sort(compareCodePoints);
      if (!below) return;
      for (const entry of entries) if (entry.isDirectory()) list(posix.join(path, entry.name), true);
    };
    if (WILD_FOLDERS.test(readFileSync(join(this.#studyRoot, file), 'utf8'))) list('.', true);
    else for (const path of new Set(Object.keys(plan.sources).map((source) => dirname(source)))) list(path, false);
    return folders;
  }

  #path(request: PlanRequest): string {
    return planPath(this.#storeRoot, request);
  }
}

/** Where the plan of a request is remembered. */
export const planPath = (storeRoot: string, request: PlanRequest): string =>
  join(storeRoot, 'plans', `${digestOf('plan-request', request).slice(0, 16)}.json`);

/** Files of the study that stages name, and words of programs that could name one. */
function namedFiles(plan: Plan): { present: string[]; absent: string[] } {
  const present = new Set<string>();
  const absent = new Set<string>();
  for (const { cells, place } of plan.stages) {
    for (const { files, inputs, program } of cells) {
      for (const path of Object.values(files)) present.add(path);
      for (const input of Object.values(inputs)) if (input.from === 'file') present.add(input.path);
      for (const path of program?.code ?? []) present.add(path);
      for (const word of program?.argv ?? []) {
        if (word.includes('${') || word.includes('\0')) continue;
        for (const path of [posix.join(posix.dirname(place.file), word), posix.normalize(word)]) {
          if (!path.startsWith('/') && path !== '.' && path !== '..' && !path.startsWith('../')) absent.add(path);
        }
      }
    }
  }
  return { present: [...present], absent: [...absent].filter((path) => !present.has(path)) };
}
