import { createHash } from 'node:crypto';

/** A sha256 in 64 lower-case hexadecimal digits. */
export type Digest = string;

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
      if (Array.isArray(value)) return `a${value.length}:${Array.from(value, (item) => canonical(item)).join('')}`;
      const prototype = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== null) {
        throw new TypeError(`a key cannot contain a ${prototype.constructor?.name ?? 'class instance'}`);
      }
      const entries = Object.entries(value).filter(([, v]) => v !== undefined);
      entries.sort(([a], [b]) => compareCodePoints(a, b));
      return `o${entries.length}:${entries.map(([k, v]) => canonical(k) + canonical(v)).join('')}`;
    }
    default:
      throw new TypeError(`a key cannot contain a ${typeof value}`);
  }
}

/** Every supported Node has it; the compiler's library for them does not. */
const isWellFormed = (text: string): boolean => (text as string & { isWellFormed(): boolean }).isWellFormed();

const unitsOf = (text: string): string =>
  Array.from({ length: text.length }, (_, at) => text.charCodeAt(at).toString(16).padStart(4, '0')).join('');

export const sha256 = (bytes: string | Uint8Array): Digest => createHash('sha256').update(bytes).digest('hex');

/** The digest of a plain value. The record type keeps equal values of different meaning apart. */
export const digestOf = (recordType: string, value: unknown): Digest =>
  sha256(`${canonical(recordType)}${canonical(value)}`);
