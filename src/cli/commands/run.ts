import { availableParallelism, hostname } from 'node:os';
import { relative } from 'node:path';
import { studyOf } from '../../compare/side.ts';
import type { RunEvent } from '../../engine/events.ts';
import type { ActionNode } from '../../engine/graph.ts';
import type { ScheduleResult } from '../../engine/ledger.ts';
import { lockEntries } from '../../engine/lockEntries.ts';
import { schedule } from '../../engine/scheduler.ts';
import { alone } from '../../engine/waiting.ts';
import { BlobError } from '../../store/cas.ts';
import type { RemoteCache } from '../../store/remote/remoteCache.ts';
import { uploadWords } from '../cacheWords.ts';
import type { Elsewhere, ElsewhereOptions } from '../elsewhere.ts';
import { EXIT } from '../exit.ts';
import { type Interruption, interruptible } from '../interruption.ts';
import { checkTagOption, keepJournal, tagRun } from '../journal.ts';
import { LiveRun } from '../liveRun.ts';
import { localExecutor } from '../localExecutor.ts';
import { checkLockOptions, type LockOptions, settleLock } from '../lock.ts';
import { Progress } from '../progress.ts';
import { publish } from '../publish.ts';
import { recordedDurations } from '../recordedDurations.ts';
import { openSession, type Session, type StudyOptions, selectNodes } from '../session.ts';
import { type CacheChoice, type CacheOptions, chooseCache, openCache } from '../sharedCache.ts';
import { recallStanding, rememberStanding } from '../standing.ts';
import { duration, paint, plural } from '../text.ts';
import { type ClaimResult, claimResults } from '../verdicts.ts';
import { printClaims } from './claims.ts';
import { printForecast } from './plan.ts';

export interface RunOptions extends StudyOptions, LockOptions, CacheOptions, ElsewhereOptions {
  readonly jobs?: number;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly keepGoing?: boolean;
  readonly strict?: boolean;
  /** What to call the run once it has succeeded. */
  readonly tag?: string;
}

const UNSETTLED: ReturnType<typeof settleLock> = { failed: false };

/** How often a run goes over the nodes when it finds damaged blobs. */
const ROUNDS = 4;

/** How whoever started a run stops it, in place of Ctrl-C, and hears what it does. */
export interface RunControl extends Interruption {
  /** Aborted: nothing more is begun, and what is under way ends. */
  readonly enough: AbortSignal;
  /** Whether another run takes this one's place: then its results are kept, and `out/` is left to that. */
  isSuperseded(): boolean;
  onEvent(event: RunEvent): void;
}

export async function runCommand(
  targets: readonly string[],
  options: RunOptions,
  control?: RunControl,
): Promise<number> {
  const session = await openSession(options);
  const whole = targets.length === 0;
  checkLockOptions(session, targets, options);
  checkTagOption(session, options);
  const elsewhere = await openElsewhere(session, options);
  const cache = chooseCache(session, options);
  if (whole && !options.dryRun && !options.json) {
    const standing = recallStanding(session);
    if (standing !== undefined && tagRun(session, standing.run, options.tag)) {
      session.stats.save();
      printClaims(standing.claims, { untested: true });
      printNothing(standing.actions, standing.reportPath);
      printTag(options.tag, standing.run);
      const lock = settleLock(session, new Map(standing.results), new Set(), options);
      if (lock.line !== undefined) say(lock.line);
      if (lock.failed) return EXIT.stageFailed;
      return options.strict && anyRefuted(standing.claims) ? EXIT.claimRefuted : EXIT.done;
    }
  }
  const nodes = selectNodes(session, targets);
  if (options.dryRun) return printForecast(session, nodes, options);
  const started = new Date();
  const jobs = options.jobs ?? availableParallelism();
  let tagged: string | undefined;
  const { result, seconds, claims, reportPath, lock } = await execute(
    session,
    nodes,
    jobs,
    cache,
    options,
    elsewhere,
    control,
    new LiveRun(session, targets, jobs, nodes.length),
    async (done) => {
      const took = (Date.now() - started.getTime()) / 1000;
      const record = {
        id: session.runId,
        startedAt: started.toISOString(),
        seconds: took,
        profile: session.plan.profile,
        jobs,
        host: hostname(),
        counts: done.counts,
        actions: done.actions,
        study: studyOf(session.plan, targets),
      };
      const run = keepJournal(session.storeRoot, record);
      if (control?.isSuperseded())
        return { result: done, seconds: took, reportPath: undefined, claims: [], lock: UNSETTLED };
      // Two runs that publish at once, with other parameters say, would mix their files; and the marks of what stands
      // would be those of the other's.
      return alone(session.leases, 'publish', async () => {
        const claims = claimResults(session.plan, done.records, session.cas);
        const { reportPath, files } = await publish(session, done.records, record, claims, whole);
        const { results, pending } = lockEntries(session.graph.nodes.values(), done.records);
        const succeeded = done.counts.failed + done.counts.skipped === 0 && !done.interrupted;
        if (whole && succeeded) rememberStanding(session, run, done.records, files, claims, reportPath, results);
        if (succeeded && options.tag !== undefined && tagRun(session, run, options.tag)) tagged = run;
        if (options.json && tagged !== undefined) printEvent({ type: 'run-tagged', run, tag: options.tag! });
        const lock = settleLock(session, results, pending, options);
        if (options.json && lock.differs !== undefined) {
          const { changed, added, removed } = lock.differs;
          printEvent({ type: 'lock-differs', changed, added, removed });
        }
        return { result: done, seconds: took, reportPath, claims, lock };
      });
    },
  );
  session.log.close();
  session.stats.save();
  if (!options.json) {
    // After a failure most claims may be untested: the failure is the news, and they are only counted.
    if (whole) printClaims(claims, { untested: result.counts.failed === 0 && !result.interrupted });
    printSummary(result, seconds, reportPath, control?.isSuperseded());
    printTag(options.tag, tagged);
    if (lock.line !== undefined) say(lock.line);
  } else if (lock.failed) process.stderr.write(`${lock.line}\n`);
  if (result.interrupted) return EXIT.interrupted;
  if (result.damaged) return EXIT.storeDamaged;
  if (result.counts.failed > 0 || lock.failed) return EXIT.stageFailed;
  return options.strict && anyRefuted(claims) ? EXIT.claimRefuted : EXIT.done;
}

/** Loads what talks to a cluster only where something may be done on one. */
async function openElsewhere(session: Session, options: RunOptions): Promise<Elsewhere | undefined> {
  const { executor, stages } = session.plan;
  const kinds = [options.executor, executor?.kind, ...stages.map((stage) => stage.executor?.kind)];
  if (!kinds.includes('slurm') && !options.slurm?.length) return undefined;
  return (await import('../elsewhere.ts')).Elsewhere.of(session, options);
}

const anyRefuted = (claims: readonly ClaimResult[]): boolean =>
  claims.some(({ found }) => found?.verdict === 'refuted');

type Done = ScheduleResult & { readonly interrupted: boolean; readonly damaged: boolean };

/**
 * Runs the nodes and hands the results to `finish`, while telling a person, or a program, what goes on. Ctrl-C stops
 * it; a second one at once. A blob that turns out to be damaged is gone when it is found so: going over the nodes
 * again computes it anew.
 */
async function execute<T>(
  session: Session,
  nodes: readonly ActionNode[],
  jobs: number,
  cache: CacheChoice | undefined,
  options: RunOptions,
  elsewhere: Elsewhere | undefined,
  control: RunControl | undefined,
  live: LiveRun,
  finish: (result: Done) => Promise<T>,
): Promise<T> {
  const say = (): boolean =>
    process.stderr.write('\nStopping: what is finished is kept, the next run goes on from there.\n');
  const interruption = control ?? interruptible('Stopped.', say);
  const { signal } = interruption;
  const early: RunEvent[] = [];
  let tell: (event: RunEvent) => unknown = (event) => early.push(event);
  const shared =
    cache && openCache(session, cache, (trouble) => tell({ type: 'cache-trouble', place: cache.address, trouble }));
  signal.addEventListener('abort', () => shared?.stop());
  const executor = localExecutor(jobs);
  const started = performance.now();
  if (options.json) printEvent({ type: 'run-started', run: session.runId, actions: nodes.length });
  let before: ScheduleResult | undefined;
  const telling = { jobs, invocation: options, durations: () => recordedDurations(session) };
  const remote = elsewhere?.open((event) => tell(event));
  try {
    for (let round = 1; ; round++) {
      const progress = options.json ? undefined : new Progress(nodes, process.stderr, telling);
      let damaged = false;
      tell = (event) => {
        if (event.type === 'action-failed' && event.failure.kind === 'damaged-input') damaged = true;
        control?.onEvent(event);
        live.handle(event);
        (progress?.handle ?? printEvent)(event);
      };
      for (const event of early.splice(0)) tell(event);
      const result = await schedule(nodes, {
        ...session,
        run: session.runId,
        executor,
        jobs,
        keepGoing: options.keepGoing ?? false,
        signal,
        ...(control !== undefined && { enough: control.enough }),
        ...(remote !== undefined && { remote }),
        ...(shared !== undefined && { shared }),
        emit: (event) => tell(event),
      }).finally(() => progress?.close());
      before = before === undefined ? result : together(before, result);
      const interrupted = signal.aborted || control?.enough.aborted === true;
      if (damaged && round < ROUNDS && !interrupted) continue;
      try {
        const finished = await finish({ ...before, interrupted, damaged });
        if (shared !== undefined) await endUploads(shared, cache!.address, options);
        const seconds = (performance.now() - started) / 1000;
        live.end({ ...before.counts, seconds, interrupted });
        if (options.json)
          printEvent({
            type: 'run-finished',
            run: session.runId,
            seconds,
            ...before.counts,
            notNeeded: before.notNeeded.size,
            fetched: before.fetched,
            interrupted,
          });
        return finished;
      } catch (error) {
        if (!(error instanceof BlobError) || round >= ROUNDS || interrupted) throw error;
        process.stderr.write(`${error.message}: computing it again\n`);
      }
    }
  } finally {
    live.close();
    await elsewhere?.close(signal.aborted);
    session.leases.close();
    shared?.stop();
    await executor.close();
    interruption.close();
  }
}

/** Waits for what is still being uploaded, and tells how it ended. */
async function endUploads(remote: RemoteCache, place: string, { json }: RunOptions): Promise<void> {
  const { waiting } = remote;
  const slow = setTimeout(() => {
    if (!json) process.stderr.write(`Uploading ${plural(waiting, 'result')} to ${place} …\n`);
  }, UPLOADS_TOLD_MS);
  const uploads = await remote.flush();
  clearTimeout(slow);
  const words = uploadWords(place, uploads);
  if (words === undefined) return;
  if (json) printEvent({ type: 'cache-uploaded', place, ...uploads });
  else process.stderr.write(`${words}\n`);
}

/** Milliseconds after which a run says what it waits for. */
const UPLOADS_TOLD_MS = 1000;

/** Two rounds of one run as one: what the first executed was not there before the run. */
function together(first: ScheduleResult, second: ScheduleResult): ScheduleResult {
  const executed = new Set(first.actions.filter(({ status }) => status === 'executed').map(({ target }) => target));
  const actions = second.actions.map((action) =>
    action.status === 'cached' && executed.has(action.target) ? { ...action, status: 'executed' as const } : action,
  );
  const count = (status: string): number => actions.filter((action) => action.status === status).length;
  const fetched = first.fetched + second.fetched;
  return {
    ...second,
    actions,
    fetched,
    counts: { ...second.counts, executed: count('executed'), cached: count('cached') },
  };
}

const printEvent = (event: RunEvent): boolean => process.stdout.write(`${JSON.stringify(event)}\n`);

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

function printNothing(actions: number, reportPath: string | undefined): void {
  say(`Nothing had to run: all ${plural(actions, 'result')} were there already.`);
  if (reportPath !== undefined) say(`Report: ${relative(process.cwd(), reportPath)}`);
}

function printTag(tag: string | undefined, run: string | undefined): void {
  if (tag === undefined) return;
  say(
    run === undefined ? `${tag} names no run, for this one did not succeed.` : `${tag} is now the name of run ${run}.`,
  );
}

function printSummary(done: Done, seconds: number, reportPath: string | undefined, superseded = false): void {
  const { counts, notNeeded, fetched, interrupted } = done;
  if (counts.executed + counts.failed + fetched === 0 && !interrupted) printNothing(counts.cached, reportPath);
  else {
    const parts = [`${counts.executed} executed`, `${counts.cached - fetched} cached`];
    if (fetched > 0) parts.push(`${fetched} fetched`);
    if (counts.failed > 0) parts.push(paint('red', `${counts.failed} failed`));
    if (counts.skipped > 0) parts.push(`${counts.skipped} skipped`);
    if (notNeeded.size > 0) parts.push(`${notNeeded.size} not needed`);
    say(
      `${superseded ? 'Stopped' : interrupted ? 'Interrupted' : counts.failed > 0 ? 'Failed' : 'Done'} in ${duration(seconds)}: ${parts.join(', ')}.`,
    );
    if (reportPath !== undefined) say(`Report: ${relative(process.cwd(), reportPath)}`);
  }
}
