import { closeSync, fstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, namesIn } from './folders.ts';
import { NotAFile, openPlain } from './ownFile.ts';
import { writing } from './storeError.ts';

/** Runs whose events are kept; they hold no result, only what was told while it was made. */
const KEPT = 5;

const EXTENSION = '.ndjson';

const folder = (storeRoot: string): string => join(storeRoot, 'live');
const pathOf = (storeRoot: string, run: string): string => join(folder(storeRoot), run + EXTENSION);

/** Runs whose events can be read, oldest first: their names are in the order of time. */
export const liveRuns = (storeRoot: string): string[] =>
  namesIn(folder(storeRoot)).flatMap((name) => (name.endsWith(EXTENSION) ? [name.slice(0, -EXTENSION.length)] : []));

/**
 * What a run tells while it goes on, a line at a time: `live/<run>.ndjson`. It is not brought to the disk with force and
 * nothing rests on it: whoever follows a run reads what is there.
 */
export class LiveFile {
  readonly #fd: number;

  /** Throws {@link StoreError} where the store cannot be written. */
  constructor(storeRoot: string, run: string) {
    const path = pathOf(storeRoot, run);
    this.#fd = writing(path, () => {
      makeFolder(folder(storeRoot));
      for (const old of liveRuns(storeRoot).slice(0, 1 - KEPT)) rmSync(pathOf(storeRoot, old), { force: true });
      return openSync(path, 'ax', 0o644);
    });
  }

  append(text: string): void {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** A line of a run's file, and where it ends. */
export interface LiveText {
  readonly text: string;
  readonly end: number;
}

const CHUNK = 2 ** 20;

/** Bytes of a line at most: what comes after a longer one is not read. A run ends a line after a fraction of it. */
const LONGEST_LINE = 2 ** 24;
const NEWLINE = 10;

/** Undefined where there is none, and where something else stands in its place. */
function openLive(storeRoot: string, run: string): number | undefined {
  try {
    return openPlain(pathOf(storeRoot, run));
  } catch (error) {
    if (error instanceof NotAFile) return undefined;
    throw error;
  }
}

/** The whole lines of a run's file from a place on, at most so many bytes of them; a line that is still being written is none. */
export function readLive(storeRoot: string, run: string, from: number, most = Number.POSITIVE_INFINITY): LiveText[] {
  const fd = openLive(storeRoot, run);
  if (fd === undefined) return [];
  try {
    const end = Math.min(fstatSync(fd).size, from + most);
    const lines: LiveText[] = [];
    let rest: Buffer = Buffer.alloc(0);
    for (let at = from; at < end; ) {
      const bytes = Buffer.allocUnsafe(Math.min(CHUNK, end - at));
      const read = readSync(fd, bytes, 0, bytes.length, at);
      if (read === 0) break;
      let text = Buffer.concat([rest, bytes.subarray(0, read)]);
      let start = at - rest.length;
      at += read;
      for (let stop = text.indexOf(NEWLINE); stop >= 0; stop = text.indexOf(NEWLINE)) {
        start += stop + 1;
        lines.push({ text: text.toString('utf8', 0, stop), end: start });
        text = text.subarray(stop + 1);
      }
      rest = text;
      if (rest.length > LONGEST_LINE) break;
    }
    return lines;
  } finally {
    closeSync(fd);
  }
}

/** Where a run's file ends now; 0 where there is none. */
export function liveEnd(storeRoot: string, run: string): number {
  const fd = openLive(storeRoot, run);
  if (fd === undefined) return 0;
  try {
    return fstatSync(fd).size;
  } finally {
    closeSync(fd);
  }
}
