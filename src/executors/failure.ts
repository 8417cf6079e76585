import { pathToFileURL } from 'node:url';
import type { Failure } from '../engine/events.ts';
import { framesIn } from '../engine/frames.ts';
import { OtherCode } from '../engine/trustedImport.ts';
import { BlobError } from '../store/cas.ts';
import { StoreError } from '../store/storeError.ts';

/** What performing a task threw, as data; `bundle` is the file that its kind was imported from. */
export function failureOf(error: unknown, bundle: string): Failure {
  if (!(error instanceof Error)) return { kind: 'threw', message: `threw ${String(error)}` };
  if (error instanceof OtherCode) return error.failure;
  const { message } = error;
  if (error instanceof StoreError) return { kind: 'store-refuses', message, refusal: error.refusal };
  if (error instanceof BlobError) return { kind: 'damaged-input', message };
  // By name: a kind's bundle has a TableError of its own.
  if (error.name === 'OutputError' || error.name === 'TableError') return { kind: 'bad-output', message };
  if (!UNFORESEEN.has(error.name)) return { kind: 'threw', message };
  const named = error.name === 'Error' ? message : `${error.name}: ${message}`;
  const frames = framesIn(error.stack ?? '', pathToFileURL(bundle).href);
  return { kind: 'threw', message: named, ...(frames.length > 0 && { frames }) };
}

/** Errors of the language, which may be a bug in a kind. One that a kind named for itself says all in its message. */
const UNFORESEEN = new Set(['Error', 'TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'URIError']);
