import {
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { compareCodePoints } from './canonical.ts';

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
    this.#fd ??= this.#open();
    const body = `${key} ${JSON.stringify(record)}`;
    const line = Buffer.from(`\n${checksum(body)} ${body}\n`);
    for (let at = 0; at < line.length; ) at += writeSync(this.#fd, line, at);
    fsyncSync(this.#fd);
  }

  /** All records' JSON texts by key, unparsed, and the number of damaged lines that were passed over. */
  read(): { records: Map<string, string>; damaged: number } {
    const records = new Map<string, string>();
    let damaged = 0;
    for (const name of this.#names()) {
      const bytes = readFileSync(join(this.#folder, name));
      this.#ends.set(name, bytes.lastIndexOf(LINE_END) + 1);
      damaged += collect(bytes, records);
    }
    return { records, damaged };
  }

  /** What other processes appended since this one read, or asked last; a line that is still being written comes later. */
  grown(): Map<string, string> {
    const records = new Map<string, string>();
    for (const name of this.#names({ sorted: false })) {
      if (name === this.#writer + this.#extension || this.#closed.has(name)) continue;
      const path = join(this.#folder, name);
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat === undefined) continue;
      const from = this.#ends.get(name) ?? 0;
      if (stat.size > from) {
        const bytes = readFrom(path, from, stat.size);
        const end = bytes.lastIndexOf(LINE_END) + 1;
        collect(bytes.subarray(0, end), records);
        this.#ends.set(name, from + end);
      }
      if ((stat.mode & 0o222) === 0) this.#closed.add(name);
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

  #names({ sorted = true } = {}): string[] {
    try {
      const names = readdirSync(this.#folder).filter((name) => name.endsWith(this.#extension));
      return sorted ? names.sort(compareCodePoints) : names;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  #open(): number {
    mkdirSync(this.#folder, { recursive: true });
    return openSync(join(this.#folder, this.#writer + this.#extension), 'ax', 0o644);
  }
}

const LINE_END = 0x0a;

/** Adds the records of whole lines and counts those that are damaged. */
function collect(bytes: Buffer, records: Map<string, string>): number {
  let damaged = 0;
  for (const line of bytes.toString('utf8').split('\n')) {
    if (line === '') continue;
    const body = line.slice(9);
    const space = body.indexOf(' ');
    if (space < 0 || line.slice(0, 9) !== `${checksum(body)} `) damaged++;
    else records.set(body.slice(0, space), body.slice(space + 1));
  }
  return damaged;
}

function readFrom(path: string, from: number, to: number): Buffer {
  const bytes = Buffer.alloc(to - from);
  const fd = openSync(path, 'r');
  try {
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, from));
  } finally {
    closeSync(fd);
  }
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');
