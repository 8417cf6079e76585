/**
 * Bounds on an Arrow IPC file or stream, looked at before the reader is let near it. The reader believes the lengths that
 * it finds: a vector that claims 2³¹ entries is allocated, and fields that share their children are read once for each
 * way that leads to them. All that is refused here no writer of Arrow makes.
 */

/** Fields of a schema, with those inside them. */
const MOST_FIELDS = 10_000;

/** Fields inside one another. */
const DEEPEST = 32;

const MAGIC = 'ARROW1';

/** Flatbuffers: places of a table's fields in its vtable, from the reader's own notes. */
const FOOTER = { schema: 6, dictionaries: 8, records: 10, metadata: 12 };
const MESSAGE = { type: 6, header: 8, bodyLength: 10 };
const BATCH = { length: 4, nodes: 6, buffers: 8, variadic: 12 };
const DICTIONARY_BATCH = { id: 4, data: 6 };
const SCHEMA = { fields: 6, metadata: 8 };
const FIELD = { type: 8, dictionary: 12, children: 14, metadata: 16 };
const DICTIONARY = { id: 4 };
const HEADER = { schema: 1, dictionary: 2, record: 3 };

/** Types by their numbers in Arrow's Schema.fbs. */
const UTF8 = 5;
const UNION = 14;
const LARGE_UTF8 = 20;
/** Dictionaries of these are decoded as they are read: integers, floats and booleans are as long as their bytes. */
const PLAIN = new Set([2, 3, 6, UTF8, LARGE_UTF8]);

/** Throws a plain Error that says what is wrong, for the caller to name the table. */
export function checkArrow(bytes: Uint8Array): void {
  new Walk(bytes).walk();
}

const fail = (what: string): never => {
  throw new Error(what);
};

/** The fields of a flatbuffer's table that are there: their places by their number in the vtable. */
type Fields = (number: number) => number | undefined;

class Walk {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Rows that so many bytes can hold: a bit each is the least. */
  readonly #mostRows: bigint;
  #fields = 0;
  /** Entries of all vectors together; each is paid for with bytes, so shared vectors cannot multiply. */
  #entries = 0;
  /** Rows of all columns in all batches, for the same bytes may be named by many. */
  #total = 0n;
  /** The type of each dictionary's values. */
  readonly #dictionaries = new Map<bigint, number>();

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#mostRows = BigInt(bytes.byteLength) * 8n;
  }

  walk(): void {
    const isFile = Array.from(MAGIC, (letter) => letter.charCodeAt(0)).every((code, at) => this.#bytes[at] === code);
    if (isFile) this.#file();
    else for (let at: number | undefined = 0; at !== undefined; ) at = this.#message(at);
  }

  #file(): void {
    const end = this.#bytes.byteLength - MAGIC.length - 4;
    const length = this.#int32(end);
    if (length <= 0 || length > end) fail('its footer is not where it should be');
    const footer = this.#table(end - length);
    const schema = footer(FOOTER.schema);
    if (schema === undefined) fail('it has no schema');
    this.#schema(schema!);
    this.#metadata(footer(FOOTER.metadata));
    for (const kind of [FOOTER.dictionaries, FOOTER.records]) {
      const { start, count } = this.#vector(footer(kind), 24);
      for (let i = 0; i < count; i++) this.#message(this.#whole(start + 24 * i, this.#bytes.byteLength));
    }
  }

  /** The place of the next message; undefined at the end. */
  #message(at: number): number | undefined {
    if (at + 4 > this.#bytes.byteLength) return undefined;
    let start = at + 4;
    let length = this.#int32(at);
    if (length === -1) {
      if (start + 4 > this.#bytes.byteLength) return undefined;
      length = this.#int32(start);
      start += 4;
    }
    if (length === 0) return undefined;
    if (length < 0 || start + length > this.#bytes.byteLength) fail('a message is longer than the file');
    const message = this.#table(start);
    const header = message(MESSAGE.header);
    const body = message(MESSAGE.bodyLength);
    const left = this.#bytes.byteLength - start - length;
    const bodyLength = body === undefined ? 0 : this.#whole(body, left);
    const type = message(MESSAGE.type);
    const kind = type === undefined ? 0 : this.#bytes[this.#inside(type, 1)];
    if (header !== undefined) {
      if (kind === HEADER.schema) this.#schema(header);
      else if (kind === HEADER.record) this.#batch(header, bodyLength);
      else if (kind === HEADER.dictionary) {
        this.#dictionary(header, start + length, bodyLength);
      }
    }
    return start + length + bodyLength;
  }

  /** The reader makes texts of a dictionary at once, by offsets that could each span all of its bytes. */
  #dictionary(at: number, body: number, bodyLength: number): void {
    const dictionary = this.#table(at);
    const data = dictionary(DICTIONARY_BATCH.data);
    if (data === undefined) return;
    this.#batch(data, bodyLength);
    const batch = this.#table(data);
    const buffers = this.#vector(batch(BATCH.buffers), 16);
    const nodes = this.#vector(batch(BATCH.nodes), 16);
    const id = dictionary(DICTIONARY_BATCH.id);
    const type = this.#dictionaries.get(id === undefined ? 0n : this.#int64(id));
    if (type === undefined || !PLAIN.has(type)) fail('a dictionary is of no plain type');
    if (type !== UTF8 && type !== LARGE_UTF8) return;
    if (buffers.count < 3 || nodes.count < 1) fail('a dictionary is incomplete');
    const rows = Number(this.#int64(nodes.start));
    const [offset, length] = [16, 24].map((part) => Number(this.#int64(buffers.start + part)));
    const width = type === UTF8 ? 4 : 8;
    if (rows > 0 && length < width * (rows + 1)) fail('a dictionary is incomplete');
    const values = Number(this.#int64(buffers.start + 40));
    let last = 0;
    for (let row = 0; rows > 0 && row <= rows; row++) {
      const place = body + offset + width * row;
      const next = width === 4 ? this.#int32(place) : Number(this.#int64(place));
      if (next < last || next > values) fail('the texts of a dictionary overlap');
      last = next;
    }
  }

  #batch(at: number, bodyLength: number): void {
    const batch = this.#table(at);
    const length = batch(BATCH.length);
    if (length !== undefined) this.#rows(length);
    const nodes = this.#vector(batch(BATCH.nodes), 16);
    for (let i = 0; i < nodes.count; i++) this.#total += this.#rows(nodes.start + 16 * i);
    if (this.#total > this.#mostRows)
      fail(`it claims ${this.#total} values in a file of ${this.#bytes.byteLength} bytes`);
    const buffers = this.#vector(batch(BATCH.buffers), 16);
    for (let i = 0; i < buffers.count; i++) {
      const offset = this.#whole(buffers.start + 16 * i, bodyLength);
      this.#whole(buffers.start + 16 * i + 8, bodyLength - offset);
    }
    const variadic = this.#vector(batch(BATCH.variadic), 8);
    for (let i = 0; i < variadic.count; i++) this.#whole(variadic.start + 8 * i, buffers.count);
  }

  #schema(at: number): void {
    const schema = this.#table(at);
    this.#metadata(schema(SCHEMA.metadata));
    this.#children(schema(SCHEMA.fields), 0);
  }

  #children(at: number | undefined, depth: number): void {
    const { start, count } = this.#vector(at, 4);
    if (count > 0 && depth > DEEPEST) fail(`its columns are nested deeper than ${DEEPEST} levels`);
    for (let i = 0; i < count; i++) {
      if (++this.#fields > MOST_FIELDS) fail(`it has more than ${MOST_FIELDS} columns`);
      const field = this.#table(start + 4 * i);
      const type = field(FIELD.type);
      const typeId = type === undefined ? 0 : this.#bytes[this.#inside(type, 1)];
      if (typeId === UNION) fail('a column is a union');
      const dictionary = field(FIELD.dictionary);
      if (dictionary !== undefined) {
        const id = this.#table(dictionary)(DICTIONARY.id);
        this.#dictionaries.set(id === undefined ? 0n : this.#int64(id), typeId);
      }
      this.#metadata(field(FIELD.metadata));
      this.#children(field(FIELD.children), depth + 1);
    }
  }

  #metadata(at: number | undefined): void {
    const { start, count } = this.#vector(at, 4);
    for (let i = 0; i < count; i++) {
      const entry = this.#table(start + 4 * i);
      for (const part of [4, 6]) this.#vector(entry(part), 1);
    }
  }

  #table(at: number): Fields {
    const place = at + this.#int32(at);
    const vtable = place - this.#int32(place);
    const size = this.#uint16(vtable);
    return (number) => {
      if (number >= size) return undefined;
      const offset = this.#uint16(vtable + number);
      return offset === 0 ? undefined : this.#inside(place + offset, 1);
    };
  }

  #vector(at: number | undefined, stride: number): { start: number; count: number } {
    if (at === undefined) return { start: 0, count: 0 };
    const base = at + this.#int32(at);
    const count = this.#int32(base);
    if (count < 0 || base + 4 + count * stride > this.#bytes.byteLength) fail('a list in it is longer than the file');
    this.#entries += count;
    if (this.#entries > this.#bytes.byteLength) fail('its lists are longer than the file');
    return { start: base + 4, count };
  }

  #rows(at: number): bigint {
    const rows = this.#int64(at);
    if (rows < 0n || rows > this.#mostRows) fail(`it claims ${rows} rows in a file of ${this.#bytes.byteLength} bytes`);
    return rows;
  }

  /** A length or offset of 64 bits, from 0 to `most`. */
  #whole(at: number, most: number): number {
    const value = this.#int64(at);
    if (value < 0n || value > BigInt(most)) fail('a part of it lies outside the file');
    return Number(value);
  }

  #int64(at: number): bigint {
    return this.#view.getBigInt64(this.#inside(at, 8), true);
  }

  #int32(at: number): number {
    return this.#view.getInt32(this.#inside(at, 4), true);
  }

  #uint16(at: number): number {
    return this.#view.getUint16(this.#inside(at, 2), true);
  }

  #inside(at: number, length: number): number {
    if (at < 0 || at + length > this.#bytes.byteLength) fail('it is cut short, or damaged');
    return at;
  }
}
