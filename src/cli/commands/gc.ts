import { join } from 'node:path';
import { inspectKindFiles } from '../../engine/kindFiles.ts';
import { liveGrowth } from '../../engine/liveGrowth.ts';
import { untilFree } from '../../engine/waiting.ts';
import { findLeftovers } from '../../executors/slurm/leftovers.ts';
import type { Digest } from '../../store/canonical.ts';
import { namesIn } from '../../store/folders.ts';
import { findGarbage, type Garbage } from '../../store/garbage.ts';
import { readLock } from '../../store/lockFile.ts';
import { allRuns, type RunJournal } from '../../store/runs.ts';
import { isFull } from '../../store/storeError.ts';
import { sweep } from '../../store/sweep.ts';
import { CliError, EXIT } from '../exit.ts';
import { keptFor, keysOf, printKept, taggedRuns } from '../kept.ts';
import { COLLECTION, liveSessions } from '../liveSessions.ts';
import { lockPath } from '../lock.ts';
import { currentRecords, forecastSession, openSession, planFile, type Session, type StudyOptions } from '../session.ts';
import { bytes, paint, plural } from '../text.ts';

export interface GcOptions extends StudyOptions {
  readonly keepRuns: number;
  /** Seconds. */
  readonly grace: number;
  /** Bytes. */
  readonly maxSize?: number;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `driftline gc`: says what the store holds that nothing needs; with `--yes` removes it. */
export async function gcCommand(options: GcOptions): Promise<number> {
  if (options.yes && options.dryRun) throw new CliError('--dry-run only says what --yes removes: give one of them.');
  const session = await openSession(options);
  return options.yes ? collectAlone(session, options) : collect(session, options);
}

/** Runs that are going on are seen by their leases, and those that begin wait: nothing is between the two. */
async function collectAlone(session: Session, options: GcOptions): Promise<number> {
  const { leases } = session;
  try {
    try {
      while (!leases.acquire(COLLECTION)) await untilFree(leases, COLLECTION, () => false);
    } catch (error) {
      if (!isFull(error)) throw error; // making room must need none
    }
    return await collect(session, options);
  } finally {
    leases.close();
  }
}

async function collect(session: Session, options: GcOptions): Promise<number> {
  const { storeRoot } = session;
  const live = await liveSessions(session);
  const runs = allRuns(storeRoot);
  const tags = taggedRuns(storeRoot, runs);
  // What a damaged tag names, or a run needs of which nothing is known, may be any result: none is removed until it is known.
  const isAnyNeeded = tags.lost.length + live.unknown.length > 0;
  const dropped = new Set(isAnyNeeded ? [] : droppedRuns(runs, options.keepRuns, tags.runs));
  const kept = runs.filter(({ path, record }) => record !== undefined && !dropped.has(path));
  const sessions = [session, ...(await otherProfiles(session, kept)), ...live.sessions];
  const ofRuns = keysOf(kept);
  const ofTags = keysOf(kept.filter(({ id }) => tags.runs.has(id)));
  const current = new Set<Digest>();
  const growth = new Set<Digest>();
  for (const each of sessions) {
    const forecasts = forecastSession(each, each.graph.select());
    for (const item of forecasts) if (item.state === 'cached') current.add(item.key);
    const keys = new Set([...ofRuns, ...current]);
    for (const key of liveGrowth(forecasts, { ...each, records: currentRecords(forecasts), keys })) growth.add(key);
  }
  const lock = [...(readLock(lockPath(session))?.values() ?? [])];
  const locked = new Set(lock.flatMap((section) => [...section.values()]));
  const keys = new Set([
    ...ofRuns,
    ...current,
    ...session.leases.living(), // what somebody is at now
    ...(isAnyNeeded ? session.log.keys() : []),
  ]);
  const plans = new Set(sessions.map(planFile));
  const now = Date.now();
  const grace = { now, graceMs: Math.max(options.grace * 1000, now - live.since) };
  const left = findLeftovers(storeRoot, (key) => session.log.get(key) !== undefined, grace.now);
  const digests = new Set([...locked, ...left.digests]);
  const garbage = findGarbage(
    storeRoot,
    { keys, digests, growth },
    {
      ...grace,
      runs,
      journals: [...dropped],
      derived: [
        ...inspectKindFiles(storeRoot).dead.filter((path) => !left.bundles.has(path)),
        ...left.dead,
        ...namesIn(join(storeRoot, 'plans'))
          .map((name) => join(storeRoot, 'plans', name))
          .filter((path) => !plans.has(path)),
      ],
      ...(options.maxSize !== undefined && { maxBytes: options.maxSize }),
    },
  );
  const freed = options.yes ? sweep(storeRoot, garbage, grace) : undefined;
  session.stats.save();
  const reasons = keptFor(session, { runs: ofRuns, current, tags: ofTags, lock: locked }, garbage);
  const report = {
    ...garbage,
    kept: reasons,
    lostTags: tags.lost,
    unknownRuns: live.unknown,
    removed: options.yes === true,
  };
  if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else {
    print(garbage, freed, options);
    printKept(reasons, { names: tags.names, lost: tags.lost, unknown: live.unknown });
  }
  return EXIT.done;
}

/** Journals beyond the newest ones of their profile that have no tag, and those that cannot be read. */
function droppedRuns(runs: readonly RunJournal[], keep: number, tagged: ReadonlySet<string>): string[] {
  const seen = new Map<string | null, number>();
  return [...runs].reverse().flatMap(({ id, path, record }) => {
    if (record === undefined) return [path];
    if (tagged.has(id)) return [];
    const newer = seen.get(record.profile) ?? 0;
    seen.set(record.profile, newer + 1);
    return newer < keep ? [] : [path];
  });
}

/** The study under every other profile that was run: what is up to date of it is no garbage either. */
async function otherProfiles({ options, plan }: Session, runs: readonly RunJournal[]): Promise<Session[]> {
  const names = new Set([null, ...runs.map(({ record }) => record!.profile)]);
  const own = Object.keys(options.set).length === 0 ? plan.profile : undefined;
  const sessions: Session[] = [];
  for (const name of names) {
    if (name === own) continue;
    try {
      sessions.push(await openSession({ file: options.file, set: {}, ...(name !== null && { profile: name }) }));
    } catch (error) {
      // The study has that profile no more: its last runs are kept by their journals.
      if (!(error instanceof CliError)) throw error;
    }
  }
  return sessions;
}

function print(garbage: Garbage, freed: number | undefined, { maxSize }: GcOptions): void {
  const say = (line: string): boolean => process.stdout.write(`${line}\n`);
  const { records, blobs, files, total } = garbage;
  const left = total - garbage.bytes;
  if (records.length + blobs.length + files.length === 0) {
    say(`Nothing to remove: the store has ${bytes(total)}.`);
  } else {
    if (freed === undefined) {
      for (const { target, key } of records) say(`  ${target} ${paint('dim', key.slice(0, 12))}`);
      for (const { path } of files) say(`  ${path}`);
    }
    const parts = [
      plural(records.length, 'result'),
      `${plural(blobs.length, 'blob')}`,
      ...(files.length > 0 ? [plural(files.length, 'other file')] : []),
    ];
    say(
      freed === undefined
        ? `Would remove ${parts.join(', ')}: ${bytes(garbage.bytes)} of ${bytes(total)}. Nothing was removed; --yes does it.`
        : `Removed ${parts.join(', ')}: ${bytes(freed)} of ${bytes(total)}.`,
    );
  }
  if (maxSize !== undefined && left > maxSize) {
    say(`What is needed has ${bytes(left)}, more than ${bytes(maxSize)}: fewer runs can be kept with --keep-runs.`);
  }
}
