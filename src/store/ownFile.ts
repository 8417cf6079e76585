import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

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
export function openPlain(path: string): number | undefined {
  let fd: number;
  try {
    fd = openSync(path, PLAINLY);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOENT') return undefined;
    if (IS_LINK.has(code) || code === 'ENXIO' || code === 'EISDIR') throw new NotAFile(path);
    throw error;
  }
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw new NotAFile(path);
}

/** The bytes of a plain file; undefined where there is none. Throws {@link NotAFile} for what is no plain file. */
export function readPlain(path: string): Buffer | undefined {
  const fd = openPlain(path);
  if (fd === undefined) return undefined;
  try {
    return readFileSync(fd);
  } finally {
    closeSync(fd);
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
