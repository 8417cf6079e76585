import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { missedBy } from '../../src/engine/kindNeeds.ts';
import { readKindMemory } from '../../src/engine/kinds.ts';
import { parseLive } from '../../src/engine/liveLines.ts';
import { readActions, readJournals, readSubmitted } from '../../src/executors/slurm/batch.ts';
import { isWholeProgram } from '../../src/executors/slurm/program.ts';
import { readResult, resultNames } from '../../src/executors/slurm/resultFiles.ts';
import { ActionLog } from '../../src/store/actions.ts';
import { auditStore } from '../../src/store/audit.ts';
import { type Digest, sha256 } from '../../src/store/canonical.ts';
import { Cas } from '../../src/store/cas.ts';
import { Checkpoints } from '../../src/store/checkpoints.ts';
import { Leases } from '../../src/store/leases.ts';
import { readLive } from '../../src/store/liveFile.ts';
import { compareLock, readLock } from '../../src/store/lockFile.ts';
import { readSigningKey } from '../../src/store/remote/signing.ts';
import { readRun } from '../../src/store/runs.ts';
import { readSealed } from '../../src/store/sealed.ts';
import { StatCache } from '../../src/store/statCache.ts';
import { readStatement } from '../../src/store/statements.ts';
import { readTag } from '../../src/store/tags.ts';
import { orUndefined } from '../store/damage.ts';

/** Where a file was copied to, to be damaged there. */
export interface Place {
  /** A folder with a copy of the file and nothing else, under the path that it has below the study. */
  readonly root: string;
  readonly path: string;
  /** The bytes that were written. */
  readonly good: Buffer;
}

/** A kind of file that Driftline leaves behind. */
export interface StateFile {
  /** Of paths below the study's folder. */
  readonly pattern: RegExp;
  /**
   * What its reader makes of it: undefined where it finds, or says, that there is nothing whole; a map where each of its
   * entries stands for itself. Anything but that, or what the good bytes give, is a wrong result.
   */
  readonly read?: (place: Place) => unknown;
  /** Where no reader can tell: why no byte of it can make a result wrong. */
  readonly because?: string;
}

const storeOf = ({ root }: Place): string => join(root, '.driftline');
const absolute = ({ root, path }: Place): string => join(root, path);
const sealed = (place: Place): unknown => readSealed(absolute(place));
const nameOf = ({ path }: Place): string => basename(path).replace(/\.[a-z]+$/, '');
/** The folder of an array of jobs. */
const batchOf = (place: Place): string => join(place.root, ...place.path.split('/').slice(0, 3));
const records = (place: Place): Map<string, unknown> => {
  const log = new ActionLog(storeOf(place), 'reader');
  return new Map([...log.keys()].map((key) => [key, log.get(key)]));
};

/** Every kind of file below `.driftline/`, in `out/`, and beside them. The order matters: the first pattern counts. */
export const STATE_FILES: Readonly<Record<string, StateFile>> = {
  'a blob': {
    pattern: /^\.driftline\/cas\/sha256\/[0-9a-f]{2}\/[0-9a-f]{62}$/,
    read: (place) => {
      const { blobs, damaged } = auditStore(storeOf(place));
      const bytes = orUndefined(() => new Cas(storeOf(place)).get(digestOf(place)), 'BlobError');
      if (blobs !== 1 || (damaged.length === 0) !== (bytes !== undefined)) throw new Error('the audit says otherwise');
      return bytes;
    },
  },
  'records of actions': { pattern: /^\.driftline\/actions\/[^/]+\.log$/, read: records },
  'manifests of actions': {
    pattern: /^\.driftline\/actions\/[^/]+\.manifests$/,
    read: (place) => new ActionLog(storeOf(place), 'reader').manifests(),
  },
  'the memory of a kind': {
    pattern: /^\.driftline\/kinds\/[0-9a-f]{16}\.json$/,
    read: (place) => readKindMemory(absolute(place)),
  },
  'the bundle of a kind': {
    pattern: /^\.driftline\/kinds\/[0-9a-f]{32}-[0-9a-f]{8}\.mjs$/,
    // As a thread looks at it before it imports it.
    read: (place) =>
      missedBy(absolute(place), { bundle: sha256(place.good), manifests: [] }).bundle ? undefined : place.good,
  },
  'a compiled plan': { pattern: /^\.driftline\/plans\/[0-9a-f]{16}\.json$/, read: sealed },
  'what stands': { pattern: /^\.driftline\/standing\/[0-9a-f]{16}\.json$/, read: sealed },
  'a checkpoint': {
    pattern: /^\.driftline\/checkpoints\/[0-9a-f]{64}\/\d+$/,
    read: (place) => new Checkpoints(storeOf(place)).latest(basename(dirname(place.path)), Number.MAX_SAFE_INTEGER),
  },
  'a statement': {
    pattern: /^\.driftline\/statements\/[0-9a-f]{64}\.json$/,
    read: (place) => readStatement(storeOf(place), nameOf(place)),
  },
  'the journal of a run': {
    pattern: /^\.driftline\/runs\/[^/]+\.json$/,
    read: (place) => readRun(storeOf(place), nameOf(place)),
  },
  'a tag': {
    pattern: /^\.driftline\/tags\/[^/]+\.json$/,
    read: (place) => readTag(storeOf(place), nameOf(place))?.tag,
  },
  'the stat cache': {
    pattern: /^\.driftline\/stat\.json$/,
    // Whatever it remembers, it gives no digest but the true one.
    read: (place) => {
      const stats = new StatCache(storeOf(place), place.root);
      const path = join(place.root, 'given.csv');
      if (stats.digest(path) !== sha256(readFileSync(path))) throw new Error('another digest');
      return sealed(place);
    },
  },
  'the list of what is in out/': { pattern: /^\.driftline\/out\.json$/, read: sealed },
  'the stamp of the report': {
    pattern: /^\.driftline\/report\.stamp$/,
    because: 'it is compared as a whole with what it would be now',
  },
  'a lease': {
    pattern: /^\.driftline\/leases\/[^/]+$/,
    // Taken or not, it is no error; and the bytes of an action are the same whoever does it.
    read: (place) => {
      const leases = new Leases(storeOf(place));
      leases.acquire(basename(place.path).replace(/^\./, ''));
      leases.close();
      return undefined;
    },
  },
  'what a run tells': {
    pattern: /^\.driftline\/live\/[^/]+\.ndjson$/,
    because: 'it is for who looks on, and no result rests on it; a line that is none is passed over',
    read: (place) => {
      for (const { text } of readLive(storeOf(place), nameOf(place), 0)) parseLive(text);
      return undefined;
    },
  },
  'the journal of an array of jobs': {
    pattern: /^\.driftline\/slurm\/[0-9a-f]{16}\/batch\.json$/,
    read: (place) => readJournals(storeOf(place))[0],
  },
  'the number of an array of jobs': {
    pattern: /^\.driftline\/slurm\/[0-9a-f]{16}\/submitted\.json$/,
    read: (place) => readSubmitted(batchOf(place)),
  },
  'the action file of a job': {
    pattern: /^\.driftline\/slurm\/[0-9a-f]{16}\/actions\/\d+\.json$/,
    read: (place) => readActions(batchOf(place), Number(nameOf(place))),
  },
  'the record of a job': {
    pattern: /^\.driftline\/slurm\/[0-9a-f]{16}\/results\/\d+\.\d+\.(\d+|end)\.json$/,
    read: (place) => readResult(batchOf(place), basename(batchOf(place)), resultNames(batchOf(place))[0]),
  },
  'the script of a job': {
    pattern: /^\.driftline\/slurm\/[0-9a-f]{16}\/job\.sh$/,
    because: 'the cluster takes its copy in the moment after it was written, and the program looks at what it is given',
  },
  'what a job printed': {
    pattern: /^\.driftline\/slurm\/[0-9a-f]{16}\/log\/[^/]+\.txt$/,
    because: 'it is shown to people where a job told nothing else',
  },
  'the program of jobs': {
    pattern: /^\.driftline\/programs\/[0-9a-f]{64}\/.+$/,
    read: (place) => (isWholeProgram(join(place.root, ...place.path.split('/').slice(0, 3))) ? place.good : undefined),
  },
  'the lock': {
    pattern: /^driftline\.lock$/,
    // What differs is told as a difference of results, or is no lock.
    read: (place) => {
      const lock = orUndefined(() => readLock(absolute(place)), 'LockError')?.get(null);
      const results = lockedIn(place.good);
      const told = lock && Object.values(compareLock(lock, results, new Set())).flat();
      return told?.length === 0 ? results : undefined;
    },
  },
  'the signing key': {
    pattern: /^config\/driftline\/signing\.key$/,
    // Another key is one that nobody trusts.
    read: (place) => {
      const read = (pem: string): string | undefined => readSigningKey(pem)?.public.id;
      const own = read(place.good.toString('utf8'));
      return read(readFileSync(absolute(place), 'latin1')) === own ? own : undefined;
    },
  },
  'the keys that are trusted': {
    pattern: /^(driftline|config\/driftline\/trusted)\.keys$/,
    because: 'test/store/remote/keyList.test.ts: no bit makes a trusted key of a revoked one',
  },
  'a file that people take away': {
    pattern: /^out\//,
    because: 'the next run compares it with its blob and puts it back; nothing is read from it',
  },
};

const digestOf = ({ path }: Place): Digest => path.split('/').slice(3).join('');

const lockedIn = (lock: Buffer): Map<string, Digest> =>
  new Map(
    [...lock.toString('utf8').matchAll(/^([0-9a-f]{64}) {2}(.+)$/gm)].map(([, digest, target]) => [target, digest]),
  );

export const kindOfFile = (path: string): string | undefined =>
  Object.entries(STATE_FILES).find(([, { pattern }]) => pattern.test(path))?.[0];
