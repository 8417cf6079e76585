import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LiveHead, parseLive, runOfLease } from '../engine/liveLines.ts';
import { studyDigest } from '../engine/studyDigest.ts';
import { TOUCH_MS } from '../store/cas.ts';
import { readLive } from '../store/liveFile.ts';
import { CliError } from './exit.ts';
import { openSession, type Session } from './session.ts';

/** The lease of who removes what nothing needs. Runs that begin meanwhile wait for it. */
export const COLLECTION = 'gc';

/** The runs that are going on in a store. */
export interface LiveSessions {
  /** The study as they have it, with all that is up to date of it for them. */
  readonly sessions: readonly Session[];
  /** Runs of which it cannot be told what they need: the study was changed since they began, say. */
  readonly unknown: readonly string[];
  /** Milliseconds since 1970: what was written since is, or may be, theirs, whatever the clock was set to since. */
  readonly since: number;
}

export async function liveSessions({ leases, storeRoot, options }: Session): Promise<LiveSessions> {
  const sessions: Session[] = [];
  const unknown: string[] = [];
  let since = Number.POSITIVE_INFINITY;
  for (const name of leases.living()) {
    const run = runOfLease(name);
    if (run === undefined || !(await leases.isAlive(name, sleep))) continue;
    since = Math.min(since, startOf(run) - TOUCH_MS);
    const found = await sessionOf(storeRoot, run, options.file);
    if (found === undefined) unknown.push(run);
    else sessions.push(found);
  }
  return { sessions, unknown, since };
}

/** Runs are named by the moment of their start: `2026-11-23T07-05-39-196Z-d2d733`. */
const startOf = (run: string): number =>
  Date.parse(run.replace(/T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z-.*$/, 'T$1:$2:$3.$4Z')) || 0;

async function sessionOf(storeRoot: string, run: string, near: string): Promise<Session | undefined> {
  const [first] = readLive(storeRoot, run, 0, HEAD);
  const line = first && parseLive(first.text);
  if (line === undefined || !('head' in line)) return undefined;
  const { file, profile, set, study }: LiveHead = line.head;
  try {
    const session = await openSession({
      file: join(dirname(near), file),
      set,
      ...(profile !== null && { profile }),
    });
    return studyDigest(session.plan, session.kinds) === study ? session : undefined;
  } catch (error) {
    if (error instanceof CliError) return undefined;
    throw error;
  }
}

/** Bytes in which the first line of what a run tells ends. */
const HEAD = 2 ** 20;
