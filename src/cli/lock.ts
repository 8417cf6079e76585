import { basename, join } from 'node:path';
import {
  compareLock,
  type LockDifference,
  LockError,
  type LockSection,
  readLock,
  writeLock,
} from '../store/lockFile.ts';
import { CliError } from './exit.ts';
import type { Session } from './session.ts';
import { plural } from './text.ts';

export interface LockOptions {
  /** Write the results to the lock. */
  readonly lock?: boolean;
  /** Fail where they differ from it. */
  readonly locked?: boolean;
}

export const lockPath = ({ studyRoot }: Pick<Session, 'studyRoot'>): string => join(studyRoot, 'driftline.lock');

/** How a lock stands to results: there is none, or none of this profile; it was not asked for; or it was compared. */
export type LockState = { readonly state: 'absent' | 'other-parameters' } | LockComparison;

export type LockComparison = {
  readonly state: 'same' | 'differs';
  readonly locked: number;
  readonly pending: number;
} & LockDifference;

/** Refuses what a lock cannot be asked before anything is run. Throws {@link CliError} and {@link LockError}. */
export function checkLockOptions(session: Session, targets: readonly string[], { lock, locked }: LockOptions): void {
  if (!lock && !locked) return;
  const option = lock ? '--lock' : '--locked';
  if (lock && locked) throw new CliError('--lock writes what --locked compares with: give one of them.');
  if (Object.keys(session.options.set).length > 0) {
    throw new CliError(`${option} is about the study as it is written: leave out --set.`);
  }
  if (lock && targets.length > 0) throw new CliError('--lock writes the results of the whole study: name no targets.');
  readLock(lockPath(session));
}

/** Compares results with the lock's section of this profile. */
export function lockState(session: Session, results: LockSection, pending: ReadonlySet<string>): LockState {
  if (Object.keys(session.options.set).length > 0) return { state: 'other-parameters' };
  const lock = readLock(lockPath(session))?.get(session.plan.profile);
  if (lock === undefined) return { state: 'absent' };
  const difference = compareLock(lock, results, pending);
  const same = difference.changed.length + difference.added.length + difference.removed.length === 0;
  const open = [...lock.keys()].filter((target) => pending.has(target)).length;
  return { state: same ? 'same' : 'differs', locked: lock.size, pending: open, ...difference };
}

/** After a run: writes the lock or compares with it. Returns what is to be said, and whether the command failed by it. */
export function settleLock(
  session: Session,
  results: LockSection,
  pending: ReadonlySet<string>,
  options: LockOptions,
): { readonly line?: string; readonly failed: boolean; readonly differs?: LockComparison } {
  const path = lockPath(session);
  const name = basename(path);
  if (options.lock) {
    if (pending.size > 0) return { line: `${name} is left as it was, for not all results are there.`, failed: true };
    const before = lockState(session, results, pending);
    if (before.state !== 'same') writeLock(path, session.plan.profile, results);
    return { line: `${name} holds the digests of ${plural(results.size, 'result')}.`, failed: false };
  }
  try {
    const found = lockState(session, results, pending);
    if (found.state === 'differs') {
      const line = `${lockWords(found)} If that is meant: driftline run --lock`;
      return { line, failed: options.locked === true, differs: found };
    }
    if (found.state === 'same' || !options.locked) return { failed: false };
    return {
      line: `There is no ${name} with results of ${profileWords(session)}: write it with --lock.`,
      failed: true,
    };
  } catch (error) {
    if (!(error instanceof LockError) || options.locked) throw error;
    return { line: error.message, failed: false };
  }
}

/** Targets that are named of those that differ. */
const SHOWN = 4;

/** `driftline.lock: 2 of 9 results differ (a.b, c.d), 1 is new (e.f).` */
export function lockWords({ changed, added, removed, locked }: LockComparison): string {
  const some = (targets: readonly string[]): string =>
    `(${targets.slice(0, SHOWN).join(', ')}${targets.length > SHOWN ? ', …' : ''})`;
  const be = (targets: readonly string[]): string => (targets.length === 1 ? 'is' : 'are');
  const parts = [
    ...(changed.length > 0
      ? [
          `${changed.length} of ${plural(locked, 'result')} ${changed.length === 1 ? 'differs' : 'differ'} ${some(changed)}`,
        ]
      : []),
    ...(added.length > 0 ? [`${added.length} ${be(added)} new ${some(added)}`] : []),
    ...(removed.length > 0 ? [`${removed.length} ${be(removed)} gone ${some(removed)}`] : []),
  ];
  return `driftline.lock: ${parts.join(', ')}.`;
}

const profileWords = ({ plan }: Session): string => (plan.profile === null ? 'no profile' : `profile ${plan.profile}`);
