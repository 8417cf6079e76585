import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { type ActionRecord, parseManifest, parseRecord } from './actions.ts';
import { compareCodePoints, type Digest } from './canonical.ts';
import { namesOfRuns, type RunJournal } from './runs.ts';
import { linesOf, readSegments } from './segments.ts';
import { STATEMENTS } from './statements.ts';

/** What is to be kept whatever its age. */
export interface Roots {
  /** Keys of actions: of what the study gives now, and of the runs that are kept. */
  readonly keys: ReadonlySet<Digest>;
  /** Blobs by themselves, such as those of the lock. */
  readonly digests: ReadonlySet<Digest>;
  /** Growth keys, whose checkpoints a longer run may go on from. */
  readonly growth: ReadonlySet<Digest>;
}

export interface GarbageOptions {
  /** Milliseconds since 1970: nothing that changed in the last `graceMs` is touched, for a live run may need it. */
  readonly now: number;
  readonly graceMs: number;
  /** Journals that are not kept; absolute paths. */
  readonly journals: readonly string[];
  /** Files that can be made again and that nothing uses, such as plans of old; absolute paths. */
  readonly derived: readonly string[];
  /** All journals, which tell when an action was used last. */
  readonly runs: readonly RunJournal[];
  /** Results that are no roots stay as long as the store is not larger than this. Without it none of them stays. */
  readonly maxBytes?: number;
}

/** What a collection removes: this very list is shown as a preview and then deleted. */
export interface Garbage {
  readonly records: readonly { readonly key: Digest; readonly target: string }[];
  /** Keys of manifests and explanations that belong to no record that stays. */
  readonly manifests: readonly Digest[];
  readonly blobs: readonly StoreFile[];
  readonly files: readonly StoreFile[];
  /** Bytes of the blobs and files. */
  readonly bytes: number;
  /** Bytes of the store before. */
  readonly total: number;
}

/** A file of the store as it was when it was found to be garbage; one that changed since then is left alone. */
export interface StoreFile {
  /** Below the store. */
  readonly path: string;
  readonly bytes: number;
  readonly mtimeMs: number;
}

/** Finds what can be removed from a store, changing nothing. */
export function findGarbage(storeRoot: string, roots: Roots, options: GarbageOptions): Garbage {
  const limit = options.now - options.graceMs;
  const all = walk(storeRoot).filter(({ path }) => !path.startsWith(join('leases', '/')));
  const byPath = new Map(all.map((file) => [file.path, file]));
  const isOld = ({ mtimeMs }: StoreFile): boolean => mtimeMs < limit;
  const actions = join(storeRoot, 'actions');
  const log = readOld(actions, '.log', (name) => isOld(byPath.get(join('actions', name)) ?? YOUNG));

  // What is no record names nothing and is no use to anybody.
  const records = new Map([...log.texts].map(([key, text]) => [key, parseRecord(text) ?? NO_RECORD]));
  const digestsOf = (key: Digest): Digest[] => Object.values(records.get(key)!.outputs).map(({ digest }) => digest);
  const isLive = (key: Digest): boolean =>
    roots.keys.has(key) || log.young.has(key) || digestsOf(key).some((digest) => roots.digests.has(digest));
  const live = [...records.keys()].filter(isLive);
  const needed = new Set([...roots.digests, ...live.flatMap(digestsOf)]);

  const isDead = (path: string): boolean =>
    basename(path).startsWith('.tmp-') ||
    (path.startsWith(join('checkpoints', '/')) && !roots.growth.has(path.split(/[\\/]/)[1]));
  const given = new Set([...options.journals, ...options.derived].map((path) => relative(storeRoot, path)));
  const files = all.filter((file) => isOld(file) && (isDead(file.path) || given.has(file.path)));

  const total = sum(all);
  const blobs = new Map(all.flatMap((file) => (isBlob(file.path) ? [[digestAt(file.path), file] as const] : [])));
  const removable = new Map([...blobs].filter(([digest, file]) => isOld(file) && !needed.has(digest)));
  const dead = [...records.keys()].filter((key) => !isLive(key));
  const excess = options.maxBytes === undefined ? Number.POSITIVE_INFINITY : total - sum(files) - options.maxBytes;
  const chosen = evict(dead, removable, digestsOf, lastUses(options.runs, records), excess);

  const gone = new Set(chosen.keys);
  const survivors = new Set([...records.keys()].filter((key) => !gone.has(key)));
  const named = new Set([...survivors].flatMap((key) => records.get(key)!.accepted?.statement ?? []));
  const isUnnamed = (path: string): boolean => dirname(path) === STATEMENTS && !named.has(basename(path, '.json'));
  const unnamed = all.filter((file) => isOld(file) && isUnnamed(file.path) && !isDead(file.path));
  return {
    records: chosen.keys.map((key) => ({ key, target: records.get(key)!.target })),
    manifests: deadManifests(actions, survivors, (name) => isOld(byPath.get(join('actions', name)) ?? YOUNG)),
    blobs: chosen.blobs,
    files: [...files, ...unnamed],
    bytes: sum(chosen.blobs) + sum(files) + sum(unnamed),
    total,
  };
}

const NO_RECORD: ActionRecord = { outputs: {}, seconds: 0, run: '', target: '' };

/** A file that came into being after the store was listed. */
const YOUNG: StoreFile = { path: '', bytes: 0, mtimeMs: Number.POSITIVE_INFINITY };

/** Gives up the least recently used first, until `excess` bytes are gained; blobs once no record that stays names them. */
function evict(
  dead: readonly Digest[],
  removable: ReadonlyMap<Digest, StoreFile>,
  digestsOf: (key: Digest) => Digest[],
  lastUse: ReadonlyMap<Digest, string>,
  excess: number,
): { keys: Digest[]; blobs: StoreFile[] } {
  const users = new Map<Digest, number>();
  for (const key of dead) for (const digest of new Set(digestsOf(key))) users.set(digest, (users.get(digest) ?? 0) + 1);
  const orphans = [...removable].filter(([digest]) => !users.has(digest));
  const units = [
    ...orphans.map(([digest, { mtimeMs }]) => ({ used: nameOfTime(mtimeMs), key: undefined, digests: [digest] })),
    ...dead.map((key) => ({ used: lastUse.get(key) ?? '', key, digests: [...new Set(digestsOf(key))] })),
  ].sort((a, b) => compareCodePoints(a.used, b.used) || compareCodePoints(a.digests[0] ?? '', b.digests[0] ?? ''));
  const keys: Digest[] = [];
  const blobs: StoreFile[] = [];
  let gained = 0;
  for (const { key, digests } of units) {
    if (gained >= excess) break;
    if (key !== undefined) keys.push(key);
    for (const digest of digests) {
      const left = (users.get(digest) ?? 1) - 1;
      users.set(digest, left);
      const file = removable.get(digest);
      if (left > 0 || file === undefined) continue;
      blobs.push(file);
      gained += file.bytes;
    }
  }
  return { keys, blobs };
}

/** The newest run that made or used each action; runs are named by the time of their start. */
function lastUses(runs: readonly RunJournal[], records: ReadonlyMap<Digest, ActionRecord>): Map<Digest, string> {
  const uses = new Map([...records].map(([key, { run }]) => [key, run]));
  for (const { record } of runs) {
    for (const { key } of record?.actions ?? []) {
      if (compareCodePoints(record!.id, uses.get(key) ?? '') > 0) uses.set(key, record!.id);
    }
  }
  return uses;
}

/** A moment in the form in which runs are named, so that both are ordered together. */
const nameOfTime = (ms: number): string => namesOfRuns(new Date(ms));

/** Manifests of records that do not stay, and explanations that no manifest that stays refers to. */
function deadManifests(folder: string, survivors: ReadonlySet<Digest>, isOld: (name: string) => boolean): Digest[] {
  const { texts, young } = readOld(folder, '.manifests', isOld);
  const stays = (key: Digest): boolean => survivors.has(key) || young.has(key);
  const codes = new Set<unknown>();
  for (const [key, text] of texts) if (stays(key)) codes.add(parseManifest(text)?.code);
  return [...texts.keys()].filter((key) => !stays(key) && !codes.has(key));
}

/** The newest record of each key, and the keys of the segments that are not old. */
function readOld(folder: string, extension: string, isOld: (name: string) => boolean) {
  const texts = new Map<Digest, string>();
  const young = new Set<Digest>();
  for (const { name, bytes } of readSegments(folder, extension)) {
    const isYoung = !isOld(name);
    for (const line of linesOf(bytes)) {
      if (line === undefined) continue;
      texts.set(line.key, line.text);
      if (isYoung) young.add(line.key);
    }
  }
  return { texts, young };
}

const BLOBS = join('cas', 'sha256');
const isBlob = (path: string): boolean => path.startsWith(BLOBS) && digestAt(path).length === 64;
const digestAt = (path: string): Digest => path.slice(BLOBS.length + 1).replace(/[\\/]/, '');

const sum = (files: readonly StoreFile[]): number => files.reduce((bytes, file) => bytes + file.bytes, 0);

function walk(storeRoot: string): StoreFile[] {
  return entriesBelow(storeRoot).flatMap((entry) => {
    const absolute = join(entry.parentPath, entry.name);
    // It may be gone since the folder was listed.
    const stat = entry.isFile() ? lstatSync(absolute, { throwIfNoEntry: false }) : undefined;
    return stat === undefined ? [] : [{ path: relative(storeRoot, absolute), bytes: stat.size, mtimeMs: stat.mtimeMs }];
  });
}

function entriesBelow(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
