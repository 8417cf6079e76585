import { basename } from 'node:path';
import type { RunEvent } from '../engine/events.ts';
import { type LiveEnd, type LiveHead, type LiveLine, LiveLines, leaseOfRun, liveEvent } from '../engine/liveLines.ts';
import { studyDigest } from '../engine/studyDigest.ts';
import { untilFree } from '../engine/waiting.ts';
import { LiveFile } from '../store/liveFile.ts';
import { StoreError } from '../store/storeError.ts';
import { COLLECTION } from './liveSessions.ts';
import type { Session } from './session.ts';

/** Milliseconds in which events are gathered before they are written. */
const GATHER_MS = 100;

/** Characters that are written without waiting for more. */
const ENOUGH = 200_000;

/**
 * Writes what a run tells where the live view, in whatever process, follows it. A run that finds everything done leaves
 * nothing, and where the store cannot be written nobody can follow: the run itself goes on.
 */
export class LiveRun {
  readonly #session: Session;
  readonly #head: Omit<LiveHead, 'study'>;
  readonly #lines = new LiveLines();
  readonly #started = performance.now();
  #file: LiveFile | undefined;
  #state: 'nothing to tell' | 'telling' | 'silent' = 'nothing to tell';
  #timer: NodeJS.Timeout | undefined;

  constructor(session: Session, targets: readonly string[], jobs: number, actions: number, watched: boolean) {
    const { profile } = session.plan;
    const { set, file } = session.options;
    const startedAt = new Date().toISOString();
    this.#session = session;
    this.#head = { run: session.runId, startedAt, file: basename(file), profile, set, targets, jobs, actions, watched };
  }

  /**
   * Makes the run known before it looks at what there is, so that a collection of garbage that begins now keeps what it needs;
   * one that is going on is waited for.
   */
  async begin(): Promise<void> {
    const { leases, runId } = this.#session;
    try {
      leases.acquire(leaseOfRun(runId));
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return; // from where nothing can be written nothing is removed either
    }
    await untilFree(leases, COLLECTION, () => false);
  }

  handle(event: RunEvent): void {
    const short = this.#state === 'silent' ? undefined : liveEvent(event);
    if (short === undefined) return;
    this.#lines.add(short);
    if (this.#state === 'nothing to tell' && !QUIET.has(short[0])) this.#open();
    if (this.#file === undefined) return;
    if (this.#lines.size > ENOUGH) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS).unref();
  }

  end(end: LiveEnd): void {
    this.#flush();
    this.#write({ end });
  }

  close(): void {
    this.#flush();
    this.#file?.close();
    this.#file = undefined;
    this.#state = 'silent';
  }

  #open(): void {
    this.#state = 'telling';
    const { storeRoot, leases, runId, plan, kinds } = this.#session;
    try {
      leases.acquire(leaseOfRun(runId));
      this.#file = new LiveFile(storeRoot, runId);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#state = 'silent';
      return;
    }
    this.#write({ head: { ...this.#head, study: studyDigest(plan, kinds) } });
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#file === undefined) return;
    const line = this.#lines.take((performance.now() - this.#started) / 1000);
    if (line !== undefined) this.#write(line);
  }

  #write(line: LiveLine): void {
    try {
      this.#file?.append(`${JSON.stringify(line)}\n`);
    } catch {
      this.#file?.close(); // the disk is full, say: the run finds out by itself
      this.#file = undefined;
      this.#state = 'silent';
    }
  }
}

/** What happens also where nothing has to run. */
const QUIET: ReadonlySet<string> = new Set(['cached', 'not-needed']);
