import type { RunEvent } from '../engine/events.ts';
import type { ActionNode } from '../engine/graph.ts';
import type { ScheduleResult } from '../engine/ledger.ts';
import { schedule } from '../engine/scheduler.ts';
import type { LocalExecutor } from '../executors/local.ts';
import { BlobError } from '../store/cas.ts';
import type { RemoteCache } from '../store/remote/remoteCache.ts';
import type { CacheChoice } from './cacheChoice.ts';
import { uploadWords } from './cacheWords.ts';
import type { Elsewhere } from './elsewhere.ts';
import { type Interruption, interruptible } from './interruption.ts';
import type { LiveRun } from './liveRun.ts';
import { Progress } from './progress.ts';
import { recordedDurations } from './recordedDurations.ts';
import type { Session, StudyOptions } from './session.ts';
import { openCache } from './sharedCache.ts';
import { plural } from './text.ts';

/** How whoever started a run stops it, in place of Ctrl-C, and hears what it does. */
export interface RunControl extends Interruption {
  /** Aborted: nothing more is begun, and what is under way ends. */
  readonly enough: AbortSignal;
  /** Whether another run takes this one's place: then its results are kept, and `out/` is left to that. */
  isSuperseded(): boolean;
  onEvent(event: RunEvent): void;
}

/** What a run did. */
export type Done = ScheduleResult & { readonly interrupted: boolean; readonly damaged: boolean };

export interface ExecutionOptions extends StudyOptions {
  readonly json?: boolean;
  readonly keepGoing?: boolean;
}

/** With what the nodes of a run are done, and who hears of it. */
export interface Means {
  readonly jobs: number;
  readonly executor: LocalExecutor;
  readonly elsewhere: Elsewhere | undefined;
  readonly cache: CacheChoice | undefined;
  readonly control: RunControl | undefined;
  readonly live: LiveRun;
}

/** How often a run goes over the nodes when it finds damaged blobs. */
const ROUNDS = 4;

/**
 * Runs the nodes and hands the results to `finish`, while telling a person, or a program, what goes on. Ctrl-C stops
 * it; a second one at once. A blob that turns out to be damaged is gone when it is found so: going over the nodes
 * again computes it anew.
 */
export async function execute<T>(
  session: Session,
  nodes: readonly ActionNode[],
  options: ExecutionOptions,
  { jobs, executor, elsewhere, cache, control, live }: Means,
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
  const started = performance.now();
  if (options.json) printEvent({ type: 'run-started', run: session.runId, actions: nodes.length });
  let before: ScheduleResult | undefined;
  const telling = { jobs, invocation: options, durations: () => recordedDurations(session) };
  const remote = elsewhere?.open((event) => tell(event));
  try {
    await live.begin();
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
    interruption.close();
  }
}

/** Waits for what is still being uploaded, and tells how it ended. */
async function endUploads(remote: RemoteCache, place: string, { json }: ExecutionOptions): Promise<void> {
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

export const printEvent = (event: RunEvent): boolean => process.stdout.write(`${JSON.stringify(event)}\n`);
