import { closeSync, fchmodSync, fstatSync, fsyncSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { makeFolder, namesIn } from './folders.ts';
import { openPlain, readPlain } from './ownFile.ts';
import { writing } from './storeError.ts';

/**
 * Append-only records by key, in segments: one file for each process that wrote, so that no two ever share one.
 *
 * A line is `<crc32> <key> <json>`. A line that was cut short or changed fails its checksum and is left out, which
 * costs the recomputation of one action. Lines stand between two line ends each, so that one which is lost takes no
 * neighbour with it. The newest record of a key wins; segments are read in the order of their names.
 */
export class Segments {
  readonly #folder: string;
  readonly #extension: string;
  readonly #writer: string;
  #fd: number | undefined;
  /** How far each segment was read: to the end of a line. */
  readonly #ends = new Map<string, number>();
  /** Segments that were read whole and that nobody writes any more. */
  readonly #closed = new Set<string>();

  /** `writer` names this process' own segment, without extension; it must be new. */
  constructor(folder: string, extension: string, writer: string) {
    this.#folder = folder;
    this.#extension = extension;
    this.#writer = writer;
  }

  /** Appends one record durably: it is on disk when this returns. */
  append(key: string, record: unknown): void {
    this.appendAll([[key, record]]);
  }

  /** Appends records durably, in one step on disk for all of them; each is whole or not there. */
  appendAll(records: readonly (readonly [key: string, record: unknown])[]): void {
    if (records.length === 0) return;
    const lines = Buffer.from(records.map(([key, record]) => lineOf(key, JSON.stringify(record))).join(''));
    writing(this.#folder, () => {
      let fd: number;
      do {
        this.#fd ??= this.#open();
        fd = this.#fd;
        for (let at = 0; at < lines.length; ) at += writeSync(fd, lines, at);
        fsyncSync(fd);
      } while (this.#wasMovedAway(fd));
    });
  }

  /**
   * All records' JSON texts by key, unparsed, and the number of lines that were passed over: damaged ones, and those
   * that a stop cut short in the midst of writing.
   */
  read(): { records: Map<string, string>; damaged: number; torn: number } {
    const records = new Map<string, string>();
    const lines = { damaged: 0, torn: 0 };
    for (const { name, bytes } of readSegments(this.#folder, this.#extension)) {
      const end = bytes.lastIndexOf(LINE_END) + 1;
      this.#ends.set(name, end);
      lines.damaged += collect(bytes.subarray(0, end), records);
      const last = collect(bytes.subarray(end), records);
      lines[last > 0 && this.#isUnfinished(name) ? 'torn' : 'damaged'] += last;
    }
    return { records, ...lines };
  }

  /** What other processes appended since this one read, or asked last; a line that is still being written comes later. */
  grown(): Map<string, string> {
    const records = new Map<string, string>();
    for (const name of namesOf(this.#folder, this.#extension)) {
      if (name === this.#writer + this.#extension || this.#closed.has(name)) continue;
      const path = join(this.#folder, name);
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat === undefined) continue; // a compaction took it away: its records stand in another
      const from = this.#ends.get(name) ?? 0;
      if (stat.size > from) {
        const bytes = readFrom(path, from, stat.size);
        const end = bytes.lastIndexOf(LINE_END) + 1;
        collect(bytes.subarray(0, end), records);
        this.#ends.set(name, from + end);
      }
      if ((stat.mode & WRITABLE) === 0) this.#closed.add(name);
    }
    return records;
  }

  /** Ends this process' segment. It is made read-only, which tells others that it will not grow. */
  close(): void {
    if (this.#fd === undefined) return;
    fchmodSync(this.#fd, 0o444);
    closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** Whether its writer never ended a segment: it is at work, or was killed. One that was ended had all its lines whole. */
  #isUnfinished(name: string): boolean {
    const stat = statSync(join(this.#folder, name), { throwIfNoEntry: false });
    return stat !== undefined && (stat.mode & WRITABLE) !== 0;
  }

  /** Whether a compaction took this segment out of its place, perhaps without what was appended last. */
  #wasMovedAway(fd: number): boolean {
    const { ino } = fstatSync(fd);
    if (statSync(this.#path(), { throwIfNoEntry: false })?.ino === ino) return false;
    this.close();
    return true;
  }

  #path(): string {
    return join(this.#folder, this.#writer + this.#extension);
  }

  #open(): number {
    makeFolder(this.#folder);
    return openSync(this.#path(), 'ax', 0o644);
  }
}

/** A segment as it was read. */
export interface Segment {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Every segment of a folder, in the order of their names. One that a compaction takes away meanwhile stands in another. */
export function readSegments(folder: string, extension: string): Segment[] {
  for (;;) {
    try {
      const names = namesOf(folder, extension);
      const segments = names.flatMap((name) => {
        const bytes = readPlain(join(folder, name));
        return bytes === undefined ? [] : [{ name, bytes }];
      });
      if (segments.length === names.length) return segments;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

const namesOf = (folder: string, extension: string): string[] =>
  namesIn(folder).filter((name) => name.endsWith(extension));

const LINE_END = 0x0a;
const WRITABLE = 0o222;

/** Adds the records of whole lines and counts those that are damaged. */
function collect(bytes: Buffer, records: Map<string, string>): number {
  let damaged = 0;
  for (const line of linesOf(bytes)) {
    if (line === undefined) damaged++;
    else records.set(line.key, line.text);
  }
  return damaged;
}

/** The records of a segment; undefined for each line that is damaged. */
export function* linesOf(bytes: Buffer): Iterable<{ readonly key: string; readonly text: string } | undefined> {
  for (const line of bytes.toString('utf8').split('\n')) {
    if (line === '') continue;
    const body = line.slice(9);
    const space = body.indexOf(' ');
    if (space < 0 || line.slice(0, 9) !== `${checksum(body)} `) yield undefined;
    else yield { key: body.slice(0, space), text: body.slice(space + 1) };
  }
}

/** A record as it stands in a segment, between two line ends. */
export function lineOf(key: string, text: string): string {
  const body = `${key} ${text}`;
  return `\n${checksum(body)} ${body}\n`;
}

function readFrom(path: string, from: number, to: number): Buffer {
  const bytes = Buffer.alloc(to - from);
  const fd = openPlain(path);
  if (fd === undefined) return bytes.subarray(0, 0); // compacted this very moment
  try {
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, from));
  } finally {
    closeSync(fd);
  }
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');
