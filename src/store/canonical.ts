import { hash } from 'node:crypto';

/** A sha256 in 64 lower-case hexadecimal digits. */
export type Digest = string;

/** Whether a value that was read somewhere is a digest. Digests become names of files. */
export function isDigest(value: unknown): value is Digest {
  if (typeof value !== 'string' || value.length !== 64) return false;
  for (let at = 0; at < 64; at++) {
    const code = value.charCodeAt(at);
    if (!((code >= 48 && code <= 57) || (code >= 97 && code <= 102))) return false; // 0 to 9, a to f
  }
  return true;
}

/** Orders strings by Unicode code point. The default `<` orders by UTF-16 unit, which differs above U+FFFF. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      // Surrogates (U+D800 to U+DFFF) stand for code points above every other unit: lift them past U+FFFF.
      return (x >= 0xd800 && x <= 0xdfff ? x + 0x10000 : x) - (y >= 0xd800 && y <= 0xdfff ? y + 0x10000 : y);
    }
  }
  return a.length - b.length;
}

/**
 * One text for each plain value, and no text for two: every item is tagged with its type and framed by its length,
 * keys are in code-point order, -0 differs from 0. Absent properties and properties that are `undefined` are the same.
 * Throws a TypeError for what has no place in a key: NaN, infinities, functions, class instances, holes in arrays.
 */
export function canonical(value: unknown): string {
  switch (typeof value) {
    case 'string':
      // A lone surrogate has no UTF-8: hashing would take all of them for U+FFFD. Such a text is spelled by its units.
      return isWellFormed(value) ? `s${value.length}:${value}` : `u${value.length}:${unitsOf(value)}`;
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`a key cannot contain ${value}`);
      return Object.is(value, -0) ? 'd-0;' : `d${value};`;
    case 'boolean':
      return value ? 't' : 'f';
    case 'object': {
      if (value === null) return 'n';
      const known = texts.get(value);
      if (known !== undefined) return known;
      if (Array.isArray(value)) {
        let text = `a${value.length}:`;
        for (let at = 0; at < value.length; at++) text += canonical(value[at]);
        return text;
      }
      const prototype = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== null) {
        throw new TypeError(`a key cannot contain a ${prototype.constructor?.name ?? 'class instance'}`);
      }
      return canonicalRecord(value as Readonly<Record<string, unknown>>);
    }
    default:
      throw new TypeError(`a key cannot contain a ${typeof value}`);
  }
}

function canonicalRecord(record: Readonly<Record<string, unknown>>): string {
  const given = Object.keys(record);
  // Most records have names that were met before, in order.
  let text = `o${given.length}:`;
  for (let at = 0; at < given.length; at++) {
    const name = nameTexts.get(given[at]);
    const value = record[given[at]];
    if (name === undefined || value === undefined || (at > 0 && given[at] <= given[at - 1])) {
      return sortedRecord(record);
    }
    text += name + canonical(value);
  }
  return text;
}

/** The texts of names without surrogates, of which the first so many are kept. */
const nameTexts = new Map<string, string>();
const MOST_NAMES = 1000;

function sortedRecord(record: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(record).filter((name) => record[name] !== undefined);
  // The order of UTF-16 units, which the engine sorts by fastest, is that of code points unless a surrogate is there.
  names.sort();
  if (names.some((name) => SURROGATE.test(name))) names.sort(compareCodePoints);
  else if (nameTexts.size < MOST_NAMES) for (const name of names) nameTexts.set(name, canonical(name));
  let text = `o${names.length}:`;
  for (const name of names) text += canonical(name) + canonical(record[name]);
  return text;
}

const SURROGATE = /[\ud800-\udfff]/;

const texts = new WeakMap<object, string>();

/**
 * Remembers the text of a value that will not change any more, for as long as the value lives: a cell's parameters are
 * part of the keys and seeds of all its replicates.
 */
export function settled<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !texts.has(value)) texts.set(value, canonical(value));
  return value;
}

/** Every supported Node has it; the compiler's library for them does not. */
const isWellFormed = (text: string): boolean => (text as string & { isWellFormed(): boolean }).isWellFormed();

const unitsOf = (text: string): string =>
  Array.from({ length: text.length }, (_, at) => text.charCodeAt(at).toString(16).padStart(4, '0')).join('');

export const sha256 = (bytes: string | Uint8Array): Digest => hash('sha256', bytes, 'hex');

/** The digest of a plain value. The record type keeps equal values of different meaning apart. */
export const digestOf = (recordType: string, value: unknown): Digest =>
  sha256(`${canonical(recordType)}${canonical(value)}`);
