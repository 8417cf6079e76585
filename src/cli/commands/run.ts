import { availableParallelism, hostname } from 'node:os';
import { studyOf } from '../../compare/side.ts';
import { lockEntries } from '../../engine/lockEntries.ts';
import { alone } from '../../engine/waiting.ts';
import type { RunRecord } from '../../store/runs.ts';
import type { Elsewhere, ElsewhereOptions } from '../elsewhere.ts';
import { type Done, execute, type Means, printEvent, type RunControl } from '../execution.ts';
import { EXIT } from '../exit.ts';
import { checkTagOption, keepJournal, tagRun } from '../journal.ts';
import { LiveRun } from '../liveRun.ts';
import { localExecutor } from '../localExecutor.ts';
import { checkLockOptions, type LockOptions, settleLock } from '../lock.ts';
import { publish } from '../publish.ts';
import { printNothing, printSummary, printTag, say } from '../runWords.ts';
import { openSession, type Session, type StudyOptions, selectNodes } from '../session.ts';
import { type CacheOptions, chooseCache } from '../sharedCache.ts';
import { recallStanding, rememberStanding, type Standing } from '../standing.ts';
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

export async function runCommand(
  targets: readonly string[],
  options: RunOptions,
  control?: RunControl,
): Promise<number> {
  const jobs = options.jobs ?? availableParallelism();
  const executor = localExecutor(jobs);
  // A thread takes as long to start as the study to read: it starts as soon as it is likely to be needed.
  const expectWork = (): void => {
    if (!options.dryRun && options.executor !== 'slurm') executor.warm();
  };
  try {
    const session = await openSession(options, expectWork);
    checkLockOptions(session, targets, options);
    checkTagOption(session, options);
    const elsewhere = await openElsewhere(session, options);
    const cache = chooseCache(session, options);
    if (targets.length === 0 && !options.dryRun && !options.json) {
      const standing = recallStanding(session);
      if (standing !== undefined && tagRun(session, standing.run, options.tag)) {
        return leave(session, standing, options);
      }
      expectWork();
    }
    const nodes = selectNodes(session, targets);
    if (options.dryRun) return printForecast(session, nodes, options);
    const live = new LiveRun(session, targets, jobs, nodes.length, control !== undefined);
    const means = { jobs, executor, elsewhere, cache, control, live };
    const run = new Run(session, targets, options, means);
    const ended = await execute(session, nodes, options, means, (done) => run.finish(done));
    session.log.close();
    session.stats.save();
    return run.tell(ended);
  } finally {
    await executor.close();
  }
}

/** Tells of what stands, without going over it. */
function leave(session: Session, standing: Standing, options: RunOptions): number {
  session.stats.save();
  printClaims(standing.claims, { untested: true });
  printNothing(standing.actions, standing.reportPath);
  printTag(options.tag, standing.run);
  const lock = settleLock(session, new Map(standing.results), new Set(), options);
  if (lock.line !== undefined) say(lock.line);
  if (lock.failed) return EXIT.stageFailed;
  return options.strict && anyRefuted(standing.claims) ? EXIT.claimRefuted : EXIT.done;
}

/** What is left of a run when its actions are done. */
interface Ended {
  readonly result: Done;
  readonly seconds: number;
  readonly claims: readonly ClaimResult[];
  readonly reportPath: string | undefined;
  readonly lock: ReturnType<typeof settleLock>;
  /** The run that now goes by the name that was asked for. */
  readonly tagged?: string;
}

/** The part of a run that follows its actions: journal, `out/`, lock, tag, and what is told of them. */
class Run {
  readonly #session: Session;
  readonly #targets: readonly string[];
  readonly #options: RunOptions;
  readonly #means: Means;
  readonly #started = new Date();

  constructor(session: Session, targets: readonly string[], options: RunOptions, means: Means) {
    this.#session = session;
    this.#targets = targets;
    this.#options = options;
    this.#means = means;
  }

  async finish(result: Done): Promise<Ended> {
    const seconds = (Date.now() - this.#started.getTime()) / 1000;
    const record: RunRecord = {
      id: this.#session.runId,
      startedAt: this.#started.toISOString(),
      seconds,
      profile: this.#session.plan.profile,
      jobs: this.#means.jobs,
      host: hostname(),
      counts: result.counts,
      actions: result.actions,
      study: studyOf(this.#session.plan, this.#targets),
    };
    const run = keepJournal(this.#session.storeRoot, record);
    if (this.#means.control?.isSuperseded()) {
      return { result, seconds, claims: [], reportPath: undefined, lock: { failed: false } };
    }
    // Two runs that publish at once, with other parameters say, would mix their files; and the marks of what stands
    // would be those of the other's.
    return alone(this.#session.leases, 'publish', () => this.#publish(run, record, result));
  }

  async #publish(run: string, record: RunRecord, result: Done): Promise<Ended> {
    const session = this.#session;
    const { json, tag } = this.#options;
    const { records, counts, interrupted } = result;
    const whole = this.#targets.length === 0;
    const claims = claimResults(session.plan, records, session.cas);
    const { reportPath, files } = await publish(session, records, record, claims, whole);
    const { results, pending } = lockEntries(session.graph.nodes.values(), records);
    const succeeded = counts.failed + counts.skipped === 0 && !interrupted;
    if (whole && succeeded) rememberStanding(session, run, records, files, claims, reportPath, results);
    const tagged = succeeded && tag !== undefined && tagRun(session, run, tag);
    if (json && tagged) printEvent({ type: 'run-tagged', run, tag });
    const lock = settleLock(session, results, pending, this.#options);
    if (json && lock.differs !== undefined) {
      const { changed, added, removed } = lock.differs;
      printEvent({ type: 'lock-differs', changed, added, removed });
    }
    return { result, seconds: record.seconds, claims, reportPath, lock, ...(tagged && { tagged: run }) };
  }

  /** Says how it ended, and what the process is to end with. */
  tell({ result, seconds, claims, reportPath, lock, tagged }: Ended): number {
    const { json, tag, strict } = this.#options;
    if (!json) {
      // After a failure most claims may be untested: the failure is the news, and they are only counted.
      const untested = result.counts.failed === 0 && !result.interrupted;
      if (this.#targets.length === 0) printClaims(claims, { untested });
      printSummary(result, seconds, reportPath, this.#means.control?.isSuperseded());
      printTag(tag, tagged);
      if (lock.line !== undefined) say(lock.line);
    } else if (lock.failed) process.stderr.write(`${lock.line}\n`);
    if (result.interrupted) return EXIT.interrupted;
    if (result.damaged) return EXIT.storeDamaged;
    if (result.counts.failed > 0 || lock.failed) return EXIT.stageFailed;
    return strict && anyRefuted(claims) ? EXIT.claimRefuted : EXIT.done;
  }
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
