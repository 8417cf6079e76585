import { writeAtomically } from './atomic.ts';
import { sha256 } from './canonical.ts';
import { readPlainOrNone } from './ownFile.ts';
import { StoreError } from './storeError.ts';

const HEAD = '{"sha256":"';
const MIDDLE = '","value":';
const BODY = HEAD.length + 64 + MIDDLE.length;

/**
 * Writes plain data as JSON beside the digest of its text, so that {@link readSealed} notices any change to it.
 * `durable: false` does not wait for the disk, for what can be done without.
 */
export function writeSealed(path: string, value: unknown, options: { readonly durable?: boolean } = {}): void {
  writeSealedJson(path, JSON.stringify(value), options);
}

function writeSealedJson(path: string, body: string, options: { readonly durable?: boolean } = {}): void {
  writeAtomically(path, `${HEAD}${sha256(body)}${MIDDLE}${body}}`, options);
}

/**
 * Writes what is only remembered to save work. Where the file system refuses, it is not remembered: who only reads a
 * store needs no leave to write there.
 */
export const rememberSealed = (path: string, value: unknown): void => rememberSealedJson(path, JSON.stringify(value));

/** The same for what is JSON already. */
export function rememberSealedJson(path: string, json: string): void {
  try {
    writeSealedJson(path, json);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}

/** What was written; undefined where there is no such file, or where a single byte of it is another. */
export function readSealed<T>(path: string): T | undefined {
  const bytes = readPlainOrNone(path);
  if (bytes === undefined) return undefined;
  const text = bytes.toString('utf8');
  const body = text.slice(BODY, -1);
  if (text !== `${HEAD}${sha256(body)}${MIDDLE}${body}}` || !bytes.equals(Buffer.from(text))) return undefined;
  try {
    return JSON.parse(body) as T;
  } catch {
    return undefined; // sealed by somebody else: the digest is no signature
  }
}
