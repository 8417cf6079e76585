import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './folders.ts';
import { NotAFile, openPlain } from './ownFile.ts';

const FORM = /^[\w-]{43}$/;
const LENGTH = 43;

/**
 * What the live view's tokens are made of: the same as long as this user's file of it is there, so that a page survives
 * its server. A file that others could read, that is another's, or that was cut off is replaced; where none can be
 * written the secret is good for this process.
 */
export function liveSecret(storeRoot: string): string {
  const uid = process.getuid?.();
  const folder = join(storeRoot, 'live');
  const path = join(folder, `secret-${uid ?? 'own'}`);
  const fresh = randomBytes(32).toString('base64url');
  try {
    const known = readOwn(path, uid);
    if (known !== undefined) return known;
    makeFolder(folder);
    rmSync(path, { force: true });
    const fd = openSync(path, 'wx', 0o600);
    try {
      writeSync(fd, fresh);
    } finally {
      closeSync(fd);
    }
  } catch {
    // A store that cannot be written, or another server that was quicker: this one has a secret of its own.
  }
  return fresh;
}

function readOwn(path: string, uid: number | undefined): string | undefined {
  let fd: number | undefined;
  try {
    fd = openPlain(path);
    if (fd === undefined) return undefined;
    const stat = fstatSync(fd);
    if (uid !== undefined && (stat.uid !== uid || (stat.mode & 0o077) !== 0)) return undefined;
    const bytes = Buffer.alloc(LENGTH + 1);
    const text = bytes.toString('latin1', 0, readSync(fd, bytes, 0, bytes.length, 0));
    return FORM.test(text) ? text : undefined;
  } catch (error) {
    if (error instanceof NotAFile) return undefined;
    throw error;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
