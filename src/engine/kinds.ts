import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeAtomically } from '../store/atomic.ts';
import { type Digest, digestOf, isDigest, sha256 } from '../store/canonical.ts';
import { readSealed, writeSealed } from '../store/sealed.ts';
import type { StatCache } from '../store/statCache.ts';
import type { KindContract, KindResolver } from '../study/contract.ts';
import { bundleKind, type KindSource, sourceName } from './bundle.ts';
import { type AnyStage, type DescribedKind, describeStage, NotAStageError } from './describe.ts';
import type { KindNeeds } from './kindNeeds.ts';
import { findKind, type KindFolders, kindNames } from './kindPaths.ts';

/** A kind that is ready to run. */
export interface LoadedKind {
  readonly uses: string;
  /** Identifies the kind's code in keys. */
  readonly digest: Digest;
  /** The bundle's file, for a worker to import. */
  readonly bundle: string;
  readonly contract: DescribedKind;
  /** Digest of each source file by its name, for explanations. */
  readonly sources: Readonly<Record<string, Digest>>;
  readonly packages: Readonly<Record<string, string>>;
  /** For who runs its code on another machine, or much later. */
  readonly needs: KindNeeds;
  /** Present where its parameters' schema was found to be one. */
  readonly sound?: true;
  /** Absent for a kind that stands for no module. */
  readonly source?: KindSource;
}

/** What is remembered of a kind between starts: valid as long as every file that went in is unchanged. */
export interface KindMemory extends Pick<LoadedKind, 'digest' | 'contract' | 'sound' | 'sources' | 'packages'> {
  readonly format: 3;
  readonly path: string;
  readonly base: string;
  readonly files: readonly (readonly [absolute: string, digest: Digest])[];
  /** The bytes of the bundle's file: one flipped bit in it would be other code under the same key. */
  readonly bundle: Digest;
  readonly manifests: KindNeeds['manifests'];
}

/** A kind's memory; undefined where there is none, or where it is none. What it names becomes a file's name. */
export function readKindMemory(path: string): KindMemory | undefined {
  const memory = readSealed<KindMemory | null>(path);
  const fine =
    memory?.format === 3 &&
    isDigest(memory.digest) &&
    typeof memory.path === 'string' &&
    typeof memory.base === 'string' &&
    typeof memory.contract === 'object' &&
    Array.isArray(memory.files) &&
    Array.isArray(memory.manifests);
  return fine ? memory : undefined;
}

/** Loads kinds of stage: bundles them when a source changed, remembers them otherwise. */
export class Kinds {
  readonly #folder: string;
  readonly #folders: KindFolders;
  readonly #stats: StatCache;
  readonly #loaded = new Map<string, Promise<LoadedKind | undefined>>();

  constructor(storeRoot: string, folders: KindFolders, stats: StatCache) {
    this.#folder = join(storeRoot, 'kinds');
    this.#folders = folders;
    this.#stats = stats;
  }

  /** The kind that a stage `uses`; undefined where no such module exists. Throws when its module is broken. */
  load(uses: string): Promise<LoadedKind | undefined> {
    let kind = this.#loaded.get(uses);
    if (kind === undefined) {
      kind = this.#load(uses);
      this.#loaded.set(uses, kind);
    }
    return kind;
  }

  names(): string[] {
    return kindNames(this.#folders);
  }

  /** What the study language asks: a contract with its check, or the names that exist. */
  readonly resolve: KindResolver = async (uses) => {
    const kind = await this.load(uses);
    if (kind === undefined) return { missing: uses, known: this.names() };
    const contract = { ...kind.contract, ...(kind.sound && { sound: kind.sound }) };
    if (!contract.checks) return { found: contract };
    const stage = await importStage(kind.bundle);
    const check: NonNullable<KindContract['check']> = (params) => stage.check?.(params) ?? [];
    return { found: { ...contract, check } };
  };

  async #load(uses: string): Promise<LoadedKind | undefined> {
    const found = findKind(uses, this.#folders);
    if (found === undefined) return undefined;
    const memoryPath = join(this.#folder, `${digestOf('kind-path', found.path).slice(0, 16)}.json`);
    const memory = this.#recall(memoryPath, found.path) ?? (await this.#bundle(found.path, found.base, memoryPath));
    return {
      uses,
      digest: memory.digest,
      bundle: this.#bundlePath(memory.digest, memory.base),
      contract: memory.contract,
      sources: memory.sources,
      packages: memory.packages,
      needs: { bundle: memory.bundle, manifests: memory.manifests },
      ...(memory.sound && { sound: true }),
      source: { path: memory.path, base: memory.base, home: this.#folders.package },
    };
  }

  #recall(memoryPath: string, path: string): KindMemory | undefined {
    try {
      const memory = readKindMemory(memoryPath);
      const fresh =
        memory?.path === path &&
        this.#stats.digest(this.#bundlePath(memory.digest, memory.base)) === memory.bundle &&
        memory.files.every(([path, digest]) => this.#stats.digest(path) === digest);
      return fresh ? memory : undefined;
    } catch {
      return undefined; // not there yet, damaged, or a source is gone: bundling finds out
    }
  }

  async #bundle(path: string, base: string, memoryPath: string): Promise<KindMemory> {
    // The lock of what is installed stands for its packages: when it changes, their versions are looked up anew.
    const installed = join(base, 'node_modules', '.package-lock.json');
    const lock = existsSync(installed) ? ([[installed, this.#stats.digest(installed)]] as const) : [];
    const { code, digest, sources, packages, manifests } = await bundleKind(path, base, this.#folders.package);
    const bundlePath = this.#bundlePath(digest, base);
    writeAtomically(bundlePath, code);
    const contract = describeStage(await tryImport(bundlePath, sourceName(path, base)), sourceName(path, base));
    const { isSound } = await import('../study/kindCheck.ts');
    const sound = await isSound(contract.params);
    const loose = manifests.filter((one) => lock.length === 0 || !one.path.startsWith(join(dirname(installed), '/')));
    const memory: KindMemory = {
      format: 3,
      path,
      base,
      // As they were when the code was made of them: what was changed since is found to be another.
      files: [...sources, ...loose.map((one) => [one.path, one.digest] as const), ...lock],
      digest,
      bundle: sha256(code),
      manifests: manifests.map((one) => [one.path, one.version]),
      contract,
      ...(sound && { sound }),
      sources: Object.fromEntries(
        [...sources].map(([source, read]) => [sourceName(source, base, this.#folders.package), read]),
      ),
      packages,
    };
    writeSealed(memoryPath, memory);
    return memory;
  }

  #bundlePath(digest: Digest, base: string): string {
    return join(this.#folder, bundleName(digest, base));
  }
}

/** Bundles name packages by their place on this machine, so one digest may have a bundle for each base. */
export const bundleName = (digest: Digest, base: string): string =>
  `${digest.slice(0, 32)}-${digestOf('base', base).slice(0, 8)}.mjs`;

async function tryImport(bundle: string, name: string): Promise<AnyStage> {
  try {
    return await importStage(bundle);
  } catch (error) {
    throw new NotAStageError(
      `${name}: its code fails when it is loaded: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** Kinds that this thread imported: asking the module loader anew for each task costs more than a short task does. */
const imported = new Map<string, AnyStage>();

/** Imports a bundled kind into this thread. A bundle's name tells its content, so there is never another under it. */
export async function importStage(bundle: string): Promise<AnyStage> {
  const known = imported.get(bundle);
  if (known !== undefined) return known;
  const module = (await import(pathToFileURL(bundle).href)) as { default?: AnyStage };
  const stage = module.default as AnyStage;
  imported.set(bundle, stage);
  return stage;
}
