import { createHash } from 'node:crypto';
import { closeSync, existsSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { parseRecord } from './actions.ts';
import { compareCodePoints, type Digest, sha256 } from './canonical.ts';
import { Cas } from './cas.ts';
import { namesIn } from './folders.ts';
import { NotAFile, openPlain, readPlainOrNone } from './ownFile.ts';
import { readSealed } from './sealed.ts';
import { Segments } from './segments.ts';
import { readStatement, STATEMENTS } from './statements.ts';

/** What a look at every byte of a store found. */
export interface StoreAudit {
  readonly blobs: number;
  readonly bytes: number;
  readonly records: number;
  /** Blobs whose bytes are not those of their name. */
  readonly damaged: readonly BadBlob[];
  /** Blobs that records name and that are not there. */
  readonly missing: readonly BadBlob[];
  /** Statements that accepted records name and that are damaged or missing: nobody answers for these records. */
  readonly statements: readonly BadBlob[];
  /** Keys of the records that name a damaged or missing blob or statement. */
  readonly broken: readonly Digest[];
  /** Lines of segments that fail their checksum. */
  readonly lines: number;
  /** Lines that a stop cut short in the midst of writing, which is no damage: nothing was told of them yet. */
  readonly torn: number;
  /** Sealed files and checkpoints that are not what was written; paths below the store. */
  readonly files: readonly string[];
}

/** A blob or statement that is not what it should be, and what the actions were called that gave or name it. */
export interface BadBlob {
  readonly digest: Digest;
  readonly targets: readonly string[];
}

/** Reads a whole store, changing nothing. Blobs are streamed: none is ever held in memory whole. */
export function auditStore(storeRoot: string): StoreAudit {
  const cas = new Cas(storeRoot);
  const present = cas.list();
  const damaged = new Map<Digest, string[]>();
  let bytes = 0;
  for (const digest of [...present].sort(compareCodePoints)) {
    const read = digestOfFile(cas.path(digest));
    bytes += read?.bytes ?? 0;
    if (read?.digest !== digest) damaged.set(digest, []);
  }
  const actions = join(storeRoot, 'actions');
  const log = new Segments(actions, '.log', '').read();
  const manifests = new Segments(actions, '.manifests', '').read();
  const missing = new Map<Digest, string[]>();
  const broken: Digest[] = [];
  /** By statement: the targets that nobody answers for, undefined where it is whole. */
  const statements = new Map<Digest, string[] | undefined>();
  for (const [key, text] of log.records) {
    const record = parseRecord(text);
    if (record === undefined) {
      broken.push(key);
      continue;
    }
    const { outputs, target, accepted } = record;
    let whole = true;
    if (accepted !== undefined) {
      const { statement } = accepted;
      if (!statements.has(statement)) {
        statements.set(statement, readStatement(storeRoot, statement) === undefined ? [] : undefined);
      }
      statements.get(statement)?.push(target);
      whole = statements.get(statement) === undefined;
    }
    for (const { digest } of Object.values(outputs)) {
      if (!present.has(digest) && !missing.has(digest)) missing.set(digest, []);
      const bad = damaged.get(digest) ?? missing.get(digest);
      bad?.push(target);
      if (bad !== undefined) whole = false;
    }
    if (!whole) broken.push(key);
  }
  return {
    blobs: present.size,
    bytes,
    records: log.records.size,
    damaged: [...damaged].map(([digest, targets]) => ({ digest, targets })),
    missing: [...missing].map(([digest, targets]) => ({ digest, targets })),
    statements: [...statements].flatMap(([digest, targets]) => (targets === undefined ? [] : [{ digest, targets }])),
    broken,
    lines: log.damaged + manifests.damaged,
    torn: log.torn + manifests.torn,
    files: damagedFiles(storeRoot),
  };
}

export const isWhole = ({ damaged, missing, statements, lines, files }: StoreAudit): boolean =>
  damaged.length + missing.length + statements.length + lines + files.length === 0;

/** The digest and length of a file, read piece by piece; undefined for what is no plain file. */
export function digestOfFile(path: string): { digest: Digest; bytes: number } | undefined {
  const hash = createHash('sha256');
  const fd = openOrNone(path);
  if (fd === undefined) return undefined;
  let bytes = 0;
  try {
    for (let read = readSync(fd, PIECE); read > 0; read = readSync(fd, PIECE)) {
      hash.update(PIECE.subarray(0, read));
      bytes += read;
    }
  } finally {
    closeSync(fd);
  }
  return { digest: hash.digest('hex'), bytes };
}

function openOrNone(path: string): number | undefined {
  try {
    return openPlain(path);
  } catch (error) {
    if (error instanceof NotAFile) return undefined;
    throw error;
  }
}

const PIECE = Buffer.alloc(2 ** 20);

function damagedFiles(storeRoot: string): string[] {
  const sealed = [
    ...['out.json', 'stat.json'].filter((name) => existsSync(join(storeRoot, name))),
    ...['runs', 'tags', 'plans', 'kinds', 'standing', STATEMENTS].flatMap((folder) =>
      namesIn(join(storeRoot, folder))
        .filter((name) => name.endsWith('.json'))
        .map((name) => join(folder, name)),
    ),
  ];
  const checkpoints = namesIn(join(storeRoot, 'checkpoints')).flatMap((key) =>
    namesIn(join(storeRoot, 'checkpoints', key)).map((name) => join('checkpoints', key, name)),
  );
  return [
    ...sealed.filter((path) => !isSealed(join(storeRoot, path))),
    ...checkpoints.filter((path) => !isCheckpoint(join(storeRoot, path))),
  ];
}

export const isSealed = (path: string): boolean => readSealed(path) !== undefined;

export function isCheckpoint(path: string): boolean {
  const file = readPlainOrNone(path);
  return file !== undefined && file.subarray(0, 64).toString('latin1') === sha256(file.subarray(64));
}
