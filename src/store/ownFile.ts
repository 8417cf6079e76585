import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** What stands at a path is no plain file: a link, a folder, a pipe or a device. */
export class NotAFile extends Error {
  override readonly name = 'NotAFile';
  readonly path: string;

  constructor(path: string) {
    super(`${path} is not a plain file`);
    this.path = path;
  }
}

/** A link is not followed, and a pipe that nobody writes into is not waited for. Neither flag is known on Windows. */
const PLAINLY = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** What a link says that is opened so: Linux and macOS; FreeBSD. */
const IS_LINK = new Set(['ELOOP', 'EMLINK']);

/**
 * Opens a plain file for reading; undefined where there is none. Whoever could put something else in its place cannot
 * have a file outside read, nor the reader wait for a pipe. Throws {@link NotAFile}.
 */
export const openPlain = (path: string): number | undefined => openWithSize(path)?.fd;

function openWithSize(path: string): { readonly fd: number; readonly size: number } | undefined {
  let fd: number;
  try {
    fd = openSync(path, PLAINLY);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOENT') return undefined;
    if (IS_LINK.has(code) || code === 'ENXIO' || code === 'EISDIR') throw new NotAFile(path);
    throw error;
  }
  const stat = fstatSync(fd);
  if (stat.isFile()) return { fd, size: stat.size };
  closeSync(fd);
  throw new NotAFile(path);
}

/** The bytes of a plain file; undefined where there is none. Throws {@link NotAFile} for what is no plain file. */
export function readPlain(path: string): Buffer | undefined {
  const opened = openWithSize(path);
  if (opened === undefined) return undefined;
  try {
    return readAll(opened.fd, opened.size);
  } finally {
    closeSync(opened.fd);
  }
}

const MOST_AT_ONCE = 2 ** 30;

/** A file of the size that it had when it was opened, or as much more or less as there is now. */
function readAll(fd: number, size: number): Buffer {
  let bytes = Buffer.allocUnsafe(size + 1); // one more, so that a read that does not fill it is the last
  let length = 0;
  for (;;) {
    const read = readSync(fd, bytes, length, Math.min(bytes.length - length, MOST_AT_ONCE), null);
    length += read;
    if (read === 0 || length === size) return bytes.subarray(0, length);
    if (length === bytes.length) bytes = Buffer.concat([bytes], 2 * bytes.length);
  }
}

/** The bytes of a plain file; undefined where there is nothing, or something else. */
export function readPlainOrNone(path: string): Buffer | undefined {
  try {
    return readPlain(path);
  } catch (error) {
    if (error instanceof NotAFile) return undefined;
    throw error;
  }
}
