import { availableParallelism } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import type { Forecast } from '../../engine/forecast.ts';
import { inspectKindFiles } from '../../engine/kindFiles.ts';
import { lockEntries } from '../../engine/lockEntries.ts';
import { type Recomputation, recompute, type SampleSize, sample } from '../../engine/recompute.ts';
import { revoke } from '../../store/acceptedRecords.ts';
import { auditStore, isWhole, type StoreAudit } from '../../store/audit.ts';
import type { Digest } from '../../store/canonical.ts';
import { repairStore } from '../../store/repair.ts';
import { lastRun } from '../../store/runs.ts';
import { EXIT } from '../exit.ts';
import { interruptible } from '../interruption.ts';
import { localExecutor } from '../localExecutor.ts';
import { type LockState, lockState } from '../lock.ts';
import {
  currentRecords,
  forecastSession,
  openSession,
  type Session,
  type StudyOptions,
  selectNodes,
} from '../session.ts';
import { storeOf } from '../storeFolder.ts';
import { printVerification } from '../verification.ts';

export interface VerifyOptions extends StudyOptions {
  readonly all?: boolean;
  readonly sample?: SampleSize;
  /** Only results that were accepted. */
  readonly accepted?: boolean;
  readonly repair?: boolean;
  readonly jobs?: number;
  readonly json?: boolean;
}

/** Results that are computed again unless it is said how many. */
const SAMPLE: SampleSize = { count: 20 };

/** What `driftline verify` found. */
export interface Verification {
  readonly store: StoreAudit & { readonly state: 'whole' | 'damaged' | 'repaired' };
  readonly recomputed: {
    readonly jobs: number;
    /** Computations whose results are up to date: what the sample is of. */
    readonly current: number;
    /** Actions of the study without a result that is up to date. */
    readonly outdated: number;
    /** Chosen results that cannot be computed again, for what they are made of is damaged. */
    readonly skipped: readonly string[];
    readonly results: readonly Recomputation[];
    /** Statements that proved wrong and were taken back by a repair. */
    readonly revoked: readonly Digest[];
  };
  readonly lock: LockState;
}

/** `driftline verify [target…]`: reads the whole store, computes a sample again, and compares with the lock. */
export async function verifyCommand(targets: readonly string[], options: VerifyOptions): Promise<number> {
  // Before the study is read: what it would take from the store may be what is damaged.
  const storeRoot = storeOf(dirname(resolve(options.file)));
  const audit = withBundles(auditStore(storeRoot), storeRoot);
  const damaged = !isWhole(audit);
  if (damaged && options.repair) repairStore(storeRoot, audit);
  const session = await openSession(options);
  const nodes = selectNodes(session, targets);
  const forecasts = forecastSession(session, nodes);
  const records = currentRecords(forecasts);
  const { results, pending } = lockEntries(
    session.graph.nodes.values(),
    targets.length === 0 ? records : allRecords(session),
  );
  const found: Verification = {
    store: { ...audit, state: !damaged ? 'whole' : options.repair ? 'repaired' : 'damaged' },
    recomputed: await recomputeSample(session, forecasts, audit, options),
    lock: lockState(session, results, pending),
  };
  session.stats.save();
  if (options.json) process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else printVerification(found);
  if (found.store.state === 'damaged') return EXIT.storeDamaged;
  const differs = found.recomputed.results.some(({ state }) => state !== 'same');
  return differs || found.lock.state === 'differs' ? EXIT.stageFailed : EXIT.done;
}

const allRecords = (session: Session) => currentRecords(forecastSession(session, selectNodes(session, [])));

const withBundles = (audit: StoreAudit, storeRoot: string): StoreAudit => ({
  ...audit,
  files: [...audit.files, ...inspectKindFiles(storeRoot).damaged.map((path) => relative(storeRoot, path))],
});

async function recomputeSample(
  session: Session,
  forecasts: readonly Forecast[],
  audit: StoreAudit,
  options: VerifyOptions,
): Promise<Verification['recomputed']> {
  const outdated = forecasts.filter(({ state }) => state !== 'cached' && state !== 'not-needed').length;
  const eligible = options.accepted ? forecasts.filter(isAccepted) : forecasts;
  const current = sample(eligible, { fraction: 1 });
  const chosen = sample(eligible, options.all ? { fraction: 1 } : (options.sample ?? SAMPLE));
  const jobs = options.jobs ?? otherJobs(lastRun(session.storeRoot)?.jobs);
  const executor = localExecutor(jobs);
  const { signal, close } = interruptible('Stopped: not all that was to be was computed again.');
  try {
    const bad = new Set([...audit.damaged, ...audit.missing].map(({ digest }) => digest));
    const badFiles = new Set(options.repair ? [] : audit.files.map((path) => join(session.storeRoot, path)));
    const { results, skipped } = await recompute(chosen, currentRecords(forecasts), {
      ...session,
      executor,
      jobs,
      signal,
      isSound: ({ task }) =>
        !badFiles.has(task.bundle) &&
        !Object.values(task.inputs).some((input) => [input].flat().some(({ digest }) => bad.has(digest))),
    });
    const wrong = new Set(results.flatMap(({ state, statement }) => (state === 'differs' && statement) || []));
    if (options.repair && wrong.size > 0) revoke(session.storeRoot, wrong);
    const revoked = options.repair ? [...wrong] : [];
    return { jobs, current: current.length, outdated, skipped, results, revoked };
  } finally {
    await executor.close();
    close();
  }
}

const isAccepted = (item: Forecast): boolean => item.state === 'cached' && item.record.accepted !== undefined;

/** Another number of workers than the last run had, so that a result that depends on it shows. */
const otherJobs = (before: number | undefined): number =>
  before === availableParallelism() ? before + 1 : availableParallelism();
