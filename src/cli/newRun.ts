import { hostname } from 'node:os';
import { studyOf } from '../compare/side.ts';
import type { ActionNode } from '../engine/graph.ts';
import { lockEntries } from '../engine/lockEntries.ts';
import { alone } from '../engine/waiting.ts';
import type { RunRecord } from '../store/runs.ts';
import { printClaims } from './commands/claims.ts';
import type { RunOptions } from './commands/run.ts';
import { type Done, execute, type Means, printEvent } from './execution.ts';
import { EXIT } from './exit.ts';
import { keepJournal, tagRun } from './journal.ts';
import { LiveRun } from './liveRun.ts';
import { settleLock } from './lock.ts';
import { publish } from './publish.ts';
import { printSummary, printTag, say } from './runWords.ts';
import type { Session } from './session.ts';
import { rememberStanding } from './standing.ts';
import { anyRefuted, type ClaimResult, claimResults } from './verdicts.ts';

/** Runs the nodes and does all that follows; returns what the process is to end with. */
export async function newRun(
  session: Session,
  targets: readonly string[],
  nodes: readonly ActionNode[],
  options: RunOptions,
  given: Omit<Means, 'live'>,
): Promise<number> {
  const live = new LiveRun(session, targets, given.jobs, nodes.length, given.control !== undefined);
  const means = { ...given, live };
  const run = new Run(session, targets, options, means);
  const ended = await execute(session, nodes, options, means, (done) => run.finish(done));
  session.log.close();
  session.stats.save();
  return run.tell(ended);
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
