import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
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
      for (const line of readFileSync(join(this.#folder, name), 'utf8').split('\n')) {
        if (line === '') continue;
        const body = line.slice(9);
        const space = body.indexOf(' ');
        if (space < 0 || line.slice(0, 9) !== `${checksum(body)} `) damaged++;
        else records.set(body.slice(0, space), body.slice(space + 1));
      }
    }
    return { records, damaged };
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder)
        .filter((name) => name.endsWith(this.#extension))
        .sort(compareCodePoints);
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

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');
