import { availableParallelism } from 'node:os';
import { type CacheOptions, chooseCache } from '../cacheChoice.ts';
import type { Elsewhere, ElsewhereOptions } from '../elsewhere.ts';
import type { RunControl } from '../execution.ts';
import { EXIT } from '../exit.ts';
import { checkTagOption, tagRun } from '../journal.ts';
import { localExecutor } from '../localExecutor.ts';
import { checkLockOptions, type LockOptions, settleLock } from '../lock.ts';
import { printNothing, printTag, say } from '../runWords.ts';
import { openSession, type Session, type StudyOptions, selectNodes } from '../session.ts';
import { recallStanding, type Standing } from '../standing.ts';
import { anyRefuted } from '../verdicts.ts';
import { printClaims } from './claims.ts';

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
    // A run with nothing to do loads neither of them.
    if (options.dryRun) return (await import('./plan.ts')).printForecast(session, nodes, options);
    const { newRun } = await import('../newRun.ts');
    return await newRun(session, targets, nodes, options, { jobs, executor, elsewhere, cache, control });
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

/** Loads what talks to a cluster only where something may be done on one. */
async function openElsewhere(session: Session, options: RunOptions): Promise<Elsewhere | undefined> {
  const { executor, stages } = session.plan;
  const kinds = [options.executor, executor?.kind, ...stages.map((stage) => stage.executor?.kind)];
  if (!kinds.includes('slurm') && !options.slurm?.length) return undefined;
  return (await import('../elsewhere.ts')).Elsewhere.of(session, options);
}
