import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  futimesSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeFolder, namesIn } from './folders.ts';
import { type LeaseOwner, NO_LEASE, readLease, type SeenLease } from './leaseFile.ts';
import { type Processes, type ProcessIdentity, systemProcesses } from './processes.ts';
import { writing } from './storeError.ts';

/** How often an owner shows that it lives. */
export const BEAT_MS = 3000;

/** A lease from another machine, container or start of the machine is dead after so long without a heartbeat. */
export const SILENCE_MS = 30_000;

/** The most that one look adds to a silence: one who was asleep himself has not been listening. */
const LOOK_MS = 1000;

export interface LeaseOptions {
  readonly processes?: Processes;
  /** Milliseconds that no change of the wall clock moves. */
  readonly now?: () => number;
  readonly link?: (from: string, to: string) => void;
}

interface Held {
  readonly fd: number;
  readonly ino: number;
  count: number;
}

interface Silence {
  readonly id: string;
  readonly beat: number;
  readonly looked: number;
  readonly lasted: number;
}

/**
 * Who is doing what, among the processes that share a store: `leases/<name>`. A lease is a hard link to the one file
 * that tells who its owner is, so it is made in one step, whole, and one touch of that file is the heartbeat of all.
 *
 * A lease ends with its owner. Where the owner is a process of this machine, the machine is asked whether it still runs,
 * and no clock has a say. Otherwise the lease is dead when its heartbeat did not change while it was watched for
 * {@link SILENCE_MS}; the times themselves are never compared with a clock of this machine.
 *
 * Leases save work, they guard no result: an action that two processes did has the same bytes from both.
 */
export class Leases {
  readonly #folder: string;
  readonly #processes: () => Processes;
  readonly #now: () => number;
  readonly #link: (from: string, to: string) => void;
  readonly #held = new Map<string, Held>();
  readonly #silences = new Map<string, Silence>();
  #self:
    | { readonly processes: Processes; readonly owner: LeaseOwner; readonly fd: number; readonly ino: number }
    | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Touches nothing before the first lease is asked for. */
  constructor(storeRoot: string, { processes, now = () => performance.now(), link = linkSync }: LeaseOptions = {}) {
    this.#folder = join(storeRoot, 'leases');
    this.#processes = processes === undefined ? systemProcesses : () => processes;
    this.#now = now;
    this.#link = link;
  }

  /** Takes a lease unless another living owner has it. One that is held already is held once more. */
  acquire(name: string): boolean {
    this.#start();
    for (let round = 0; round < ROUNDS; round++) {
      const held = this.#held.get(name) ?? this.#create(name);
      if (held !== undefined) {
        held.count++;
        return true;
      }
      const seen = readLease(this.#path(name));
      if (seen === undefined) continue; // given back in between
      if (!this.#isDead(name, seen) || !this.#bury(name, seen.id)) return false;
    }
    throw new Error(`${this.#path(name)} can be neither taken nor read; remove it`);
  }

  /** Whether no living owner has the lease. */
  isFree(name: string): boolean {
    this.#start();
    const seen = readLease(this.#path(name));
    return seen === undefined || this.#isDead(name, seen);
  }

  release(name: string): void {
    const held = this.#held.get(name);
    if (held === undefined || --held.count > 0) return;
    this.#held.delete(name);
    // After a long sleep it may be another's.
    if (lstatSync(this.#path(name), { throwIfNoEntry: false })?.ino === held.ino) {
      rmSync(this.#path(name), { force: true });
    }
    if (held.fd !== this.#self?.fd) closeSync(held.fd);
  }

  /** Names of the leases that a living owner has, seen without taking part. */
  living(): string[] {
    const processes = this.#self?.processes ?? this.#processes();
    return namesIn(this.#folder).filter((name) => {
      const seen = readLease(this.#path(name));
      return seen !== undefined && !this.#isDead(name, seen, processes);
    });
  }

  /**
   * Waits until it is certain of a lease, seen without taking part, whether its owner lives: at once for a process of this
   * machine, else until its heartbeat was seen, or not for {@link SILENCE_MS}.
   */
  async isAlive(name: string, sleep: (ms: number) => Promise<unknown>): Promise<boolean> {
    const processes = this.#self?.processes ?? this.#processes();
    const first = readLease(this.#path(name));
    for (let seen = first; seen !== undefined && seen.id === first?.id; seen = readLease(this.#path(name))) {
      if (this.#isDead(name, seen, processes)) return false;
      if (seen.beat !== first.beat || isOf(seen.owner, processes.self)) return true;
      await sleep(LOOK_MS);
    }
    return first !== undefined && readLease(this.#path(name)) !== undefined;
  }

  /** The living owner of a lease, seen without taking part; undefined where nobody has it. */
  ownerOf(name: string): LeaseOwner | undefined {
    const seen = readLease(this.#path(name));
    const processes = this.#self?.processes ?? this.#processes();
    return seen === undefined || this.#isDead(name, seen, processes) ? undefined : seen.owner;
  }

  /** Gives everything back. */
  close(): void {
    clearInterval(this.#timer);
    for (const [name, held] of this.#held) {
      held.count = 1;
      this.release(name);
    }
    if (this.#self === undefined) return;
    closeSync(this.#self.fd);
    rmSync(this.#ownerPath(this.#self.owner.token), { force: true });
    this.#self = undefined;
  }

  /** The heartbeat of all leases that are held. */
  beat(): void {
    if (this.#self === undefined) return;
    const time = Date.now() / 1000;
    const files = new Set([this.#self.fd, ...[...this.#held.values()].map(({ fd }) => fd)]);
    for (const fd of files) futimesSync(fd, time, time);
  }

  /** Undefined where there is such a lease. */
  #create(name: string): Held | undefined {
    const { owner, fd, ino } = this.#self!;
    const path = this.#path(name);
    let held: Held;
    try {
      this.#link(this.#ownerPath(owner.token), path);
      held = { fd, ino, count: 0 };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
      // No hard links here: a file of its own, which for a moment names no owner and is taken for a living one's.
      const own = createOrNone(path, owner);
      if (own === undefined) return undefined;
      held = { ...own, count: 0 };
    }
    this.#held.set(name, held);
    this.#silences.delete(name);
    return held;
  }

  #isDead(name: string, seen: SeenLease, { self, startOf } = this.#self!.processes): boolean {
    const { owner } = seen;
    if (seen.id === NO_LEASE) return true;
    if (owner !== undefined && isOf(owner, self)) {
      const started = startOf(owner.pid);
      if (started === undefined) return true;
      if (started !== null && owner.started !== null) return started !== owner.started;
    }
    return this.#silence(name, seen) >= SILENCE_MS;
  }

  /** For how long the heartbeat of a lease was seen not to change. */
  #silence(name: string, { id, beat }: SeenLease): number {
    const looked = this.#now();
    const before = this.#silences.get(name);
    const same = before?.id === id && before.beat === beat;
    const lasted = same ? before.lasted + Math.min(looked - before.looked, LOOK_MS) : 0;
    this.#silences.set(name, { id, beat, looked, lasted });
    return lasted;
  }

  /**
   * Removes the lease of a dead owner. The right to do so is itself a lease, named after that owner: of all who saw him
   * dead one has it at a time, and looks again, so that nobody removes what another took in between. False: another is
   * at it.
   */
  #bury(name: string, id: string): boolean {
    const right = `${name}~${id}`;
    if (!this.acquire(right)) return false;
    try {
      const seen = readLease(this.#path(name));
      if (seen?.id === id && this.#isDead(name, seen)) rmSync(this.#path(name), { force: true, recursive: true });
    } finally {
      this.release(right);
    }
    return true;
  }

  #start(): void {
    if (this.#self !== undefined) return;
    const processes = this.#processes();
    const owner = { token: randomBytes(6).toString('hex'), ...processes.self };
    writing(this.#folder, () => makeFolder(this.#folder));
    this.#self = { processes, owner, ...createOrNone(this.#ownerPath(owner.token), owner)! };
    this.#timer = setInterval(() => this.beat(), BEAT_MS);
    this.#timer.unref();
    this.#sweep();
  }

  /** Removes what those left who were killed. */
  #sweep(): void {
    for (const name of readdirSync(this.#folder)) {
      const seen = readLease(this.#path(name));
      if (seen === undefined || !this.#isDead(name, seen)) continue;
      // Nobody but its owner ever makes an owner's file.
      if (name.startsWith(OWNER)) rmSync(this.#path(name), { force: true, recursive: true });
      else this.#bury(name, seen.id);
    }
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }

  #ownerPath(token: string): string {
    return join(this.#folder, OWNER + token);
  }
}

/** Whether an owner is a process of this machine, since its last start, whose numbers mean here what they mean there. */
const isOf = (owner: LeaseOwner | undefined, { host, boot, namespace }: ProcessIdentity): boolean =>
  owner?.host === host && owner.boot === boot && owner.namespace === namespace;

const OWNER = '.owner-';

/** Leases that are given back just before they are read; so many in a row are no lease but a broken link, say. */
const ROUNDS = 1000;

function createOrNone(path: string, owner: LeaseOwner): { fd: number; ino: number } | undefined {
  let fd: number;
  try {
    fd = writing(path, () => openSync(path, 'wx', 0o644));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
  try {
    writing(path, () => writeSync(fd, JSON.stringify(owner)));
    return { fd, ino: fstatSync(fd).ino };
  } catch (error) {
    closeSync(fd);
    rmSync(path, { force: true }); // it would be taken for somebody's, of whom nobody knows when he is dead
    throw error;
  }
}
