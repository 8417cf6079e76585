import { type ActionRecord, parseManifest, parseRecord, type StoredOutput } from '../actions.ts';
import { type Digest, isDigest } from '../canonical.ts';
import { isSigned, type PublicKey, type SigningKey, signed } from './signing.ts';

/** Bytes of a record at most. */
export const MOST_RECORD_BYTES = 2 ** 20;

/** Where a record stands: results of one namespace are not those of another, whatever server keeps both. */
export interface RecordPlace {
  readonly namespace: string;
  readonly key: Digest;
}

/** Whom a reader trusts: the key with this id, if its records are to be taken in this namespace. */
export type Trust = (id: Digest, namespace: string) => PublicKey | undefined;

/** Why a record is not taken. */
export type Refused =
  /** It has not the form of a record. */
  | { readonly refused: 'malformed' }
  /** Signed by a key that is not trusted here. */
  | { readonly refused: 'untrusted'; readonly by: Digest }
  /** Its signature is not that of a trusted key that it names. */
  | { readonly refused: 'altered'; readonly by: Digest }
  /** Rightly signed, for another action or namespace. */
  | { readonly refused: 'misplaced'; readonly by: Digest };

const TYPE = 'driftline-action-record';

/** A record as it goes over the wire: JSON, signed with all that it is for. */
export function encodeRecord(place: RecordPlace, record: ActionRecord, signer: SigningKey): Buffer {
  const { outputs, seconds, from, run, target } = record;
  const content = {
    format: 1,
    ...place,
    record: { outputs, seconds, ...(from !== undefined && { from }), run, target },
    by: signer.public.id,
  };
  // Signed as it will be read: what is undefined has no place in JSON.
  const plain = JSON.parse(JSON.stringify(content));
  return Buffer.from(`${JSON.stringify({ ...plain, signature: signed(TYPE, plain, signer) })}\n`);
}

/** The record that a trusted key signed for this very place, naming the key; else why it is none. */
export function decodeRecord(bytes: Uint8Array, place: RecordPlace, trust: Trust): ActionRecord | Refused {
  try {
    const { signature, ...content } = parseManifest(Buffer.from(bytes).toString('utf8')) ?? {};
    const { format, namespace, key, record, by } = content;
    if (format !== 1 || typeof signature !== 'string' || !isDigest(by)) return { refused: 'malformed' };
    const signer = trust(by, place.namespace);
    if (signer === undefined) return { refused: 'untrusted', by };
    if (!isSigned(TYPE, content, signature, signer)) return { refused: 'altered', by };
    if (namespace !== place.namespace || key !== place.key) return { refused: 'misplaced', by };
    return strict(record, by) ?? { refused: 'malformed' };
  } catch {
    return { refused: 'malformed' }; // too deep, or a number that is none
  }
}

/** What a local record holds of it and nothing more. What is printed or becomes a name has a form. */
function strict(given: unknown, by: Digest): ActionRecord | undefined {
  const record = parseRecord(JSON.stringify(given));
  if (record === undefined) return undefined;
  const { seconds, from, run, target } = record;
  const numbers = [seconds, from ?? 0].every((number) => Number.isFinite(number) && number >= 0);
  if (!numbers || !/^[\w.-]{1,100}$/.test(run) || !PRINTABLE.test(target)) return undefined;
  const outputs = Object.entries(record.outputs).map(([name, { digest, bytes, rows }]): [string, StoredOutput] => [
    name,
    { digest, bytes, ...(rows !== undefined && { rows }) },
  ]);
  return {
    outputs: Object.fromEntries(outputs),
    seconds,
    ...(from !== undefined && { from }),
    run,
    target,
    signedBy: by,
  };
}

const PRINTABLE = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,4000}$/u;
