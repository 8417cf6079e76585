import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import type { RunEvent } from '../../engine/events.ts';
import type { ActionNode } from '../../engine/graph.ts';
import { type ScheduleResult, schedule } from '../../engine/scheduler.ts';
import { LocalExecutor } from '../../executors/local.ts';
import { writeRun } from '../../store/runs.ts';
import { CliError, EXIT } from '../exit.ts';
import { PACKAGE_ROOT } from '../package.ts';
import { Progress } from '../progress.ts';
import { publish } from '../publish.ts';
import { openSession, type Session, type StudyOptions, selectNodes } from '../session.ts';
import { duration, paint, plural } from '../text.ts';
import { claimResults } from '../verdicts.ts';
import { printClaims } from './claims.ts';
import { printForecast } from './plan.ts';

export interface RunOptions extends StudyOptions {
  readonly jobs?: number;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly keepGoing?: boolean;
  readonly strict?: boolean;
}

/** Heap that a worker thread may use where no stage asks for more. */
const DEFAULT_MEMORY = 2 * 2 ** 30;

export async function runCommand(targets: readonly string[], options: RunOptions): Promise<number> {
  const session = await openSession(options);
  const nodes = selectNodes(session, targets);
  if (options.dryRun) return printForecast(session, nodes, options);
  const started = new Date();
  const jobs = options.jobs ?? availableParallelism();
  const result = await execute(session, nodes, jobs, options);
  const seconds = (Date.now() - started.getTime()) / 1000;
  const { counts } = result;
  const record = {
    id: session.runId,
    startedAt: started.toISOString(),
    seconds,
    profile: session.plan.profile,
    jobs,
    counts,
    actions: result.actions,
  };
  if (counts.executed + counts.failed > 0) writeRun(session.storeRoot, record);
  const reportPath = await publish(session, result.records, record, targets.length === 0);
  session.log.close();
  session.stats.save();
  const claims = claimResults(session.plan, result.records, session.cas);
  const refuted = claims.some(({ found }) => found?.verdict === 'refuted');
  if (!options.json) {
    if (targets.length === 0) printClaims(claims);
    printSummary(result, seconds, reportPath);
  }
  if (result.interrupted) return EXIT.interrupted;
  if (counts.failed > 0) return EXIT.stageFailed;
  return options.strict && refuted ? EXIT.claimRefuted : EXIT.done;
}

/** Runs the nodes while telling a person, or a program, what goes on. Ctrl-C stops it; a second one at once. */
async function execute(
  session: Session,
  nodes: readonly ActionNode[],
  jobs: number,
  options: RunOptions,
): Promise<ScheduleResult & { interrupted: boolean }> {
  const progress = options.json ? undefined : new Progress(nodes, process.stderr);
  const emit = progress?.handle ?? ((event: RunEvent): boolean => process.stdout.write(`${JSON.stringify(event)}\n`));
  const stop = new AbortController();
  const onInterrupt = (): void => {
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    process.stderr.write('\nStopping: what is finished is kept, the next run goes on from there.\n');
    stop.abort();
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  const memory = Math.max(DEFAULT_MEMORY, ...session.plan.stages.map((stage) => stage.resources.memory ?? 0));
  const executor = new LocalExecutor({ jobs, memory, workerFile: join(PACKAGE_ROOT, 'dist', 'cli', 'worker.js') });
  const started = performance.now();
  emit({ type: 'run-started', run: session.runId, actions: nodes.length });
  try {
    const result = await schedule(nodes, {
      ...session,
      run: session.runId,
      executor,
      jobs,
      keepGoing: options.keepGoing ?? false,
      signal: stop.signal,
      emit,
    });
    const interrupted = stop.signal.aborted;
    const seconds = (performance.now() - started) / 1000;
    emit({ type: 'run-finished', run: session.runId, seconds, ...result.counts, interrupted });
    return { ...result, interrupted };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
      throw new CliError(`The disk is full: ${(error as Error).message}. What is finished is kept.`, EXIT.stageFailed);
    }
    throw error;
  } finally {
    progress?.close();
    await executor.close();
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
  }
}

function printSummary(
  { counts, interrupted }: ScheduleResult & { interrupted: boolean },
  seconds: number,
  reportPath: string | undefined,
): void {
  const say = (line: string): boolean => process.stdout.write(`${line}\n`);
  if (counts.executed === 0 && counts.failed === 0 && !interrupted) {
    say(`Nothing had to run: all ${plural(counts.cached, 'result')} were there already.`);
  } else {
    const parts = [`${counts.executed} executed`, `${counts.cached} cached`];
    if (counts.failed > 0) parts.push(paint('red', `${counts.failed} failed`));
    if (counts.skipped > 0) parts.push(`${counts.skipped} skipped`);
    say(
      `${interrupted ? 'Interrupted' : counts.failed > 0 ? 'Failed' : 'Done'} in ${duration(seconds)}: ${parts.join(', ')}.`,
    );
  }
  if (reportPath !== undefined) say(`Report: ${relative(process.cwd(), reportPath)}`);
}
