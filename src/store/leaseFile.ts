import { closeSync, fstatSync, readFileSync } from 'node:fs';
import { NotAFile, openPlain } from './ownFile.ts';
import type { ProcessIdentity } from './processes.ts';

/** Who holds a lease. */
export interface LeaseOwner extends ProcessIdentity {
  /** Random: no two owners ever have the same. */
  readonly token: string;
}

/** A lease as it was found on disk. */
export interface SeenLease {
  /** The owner's token, or what stands for it where the file does not name one. */
  readonly id: string;
  /** Undefined where the file is empty or damaged. */
  readonly owner: LeaseOwner | undefined;
  /** Time of the last heartbeat, by whatever clock the owner has. */
  readonly beat: number;
}

/** Stands for the owner of what no owner ever made: a link, a folder, a pipe. */
export const NO_LEASE = 'none';

/** Undefined where there is no such lease. */
export function readLease(path: string): SeenLease | undefined {
  let fd: number | undefined;
  try {
    // Opened anew for each look: a network file system then asks its server instead of its memory.
    fd = openPlain(path);
  } catch (error) {
    if (error instanceof NotAFile) return { id: NO_LEASE, owner: undefined, beat: 0 };
    throw error;
  }
  if (fd === undefined) return undefined;
  try {
    const { ino, mtimeMs } = fstatSync(fd);
    const owner = parseOwner(readFileSync(fd, 'utf8'));
    return { id: owner?.token ?? `ino${ino}`, owner, beat: mtimeMs };
  } finally {
    closeSync(fd);
  }
}

function parseOwner(text: string): LeaseOwner | undefined {
  try {
    const owner = JSON.parse(text) as LeaseOwner;
    // The token becomes part of a file name.
    const named = /^[0-9a-f]{12}$/.test(owner.token) && typeof owner.host === 'string';
    return named && Number.isSafeInteger(owner.pid) && owner.pid > 0 ? owner : undefined;
  } catch {
    return undefined;
  }
}
