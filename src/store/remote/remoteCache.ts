import pLimit from 'p-limit';
import type { ActionRecord, StoredOutput } from '../actions.ts';
import { type Digest, digestOf, sha256 } from '../canonical.ts';
import { BlobError, type Cas } from '../cas.ts';
import { receiveBlob } from '../receive.ts';
import { Breaker } from './breaker.ts';
import { decodeRecord, encodeRecord, MOST_RECORD_BYTES, type Refused, type Trust } from './signedRecord.ts';
import type { SigningKey } from './signing.ts';
import { RemoteError, type RemoteReason, type Transport } from './transport.ts';

/** What did not go as it should, as data: nothing of it fails a run, for what is not fetched is computed. */
export type RemoteTrouble =
  | { readonly kind: 'failed'; readonly reason: RemoteReason; readonly details: string }
  /** Too many failures in a row: it is left alone for a while. */
  | { readonly kind: 'left-alone'; readonly reason: RemoteReason; readonly details: string }
  | ({ readonly kind: 'refused-record'; readonly key: Digest } & Refused)
  /** Under the digest there are other bytes. */
  | { readonly kind: 'other-bytes'; readonly digest: Digest }
  /** A trusted key signed outputs that the action does not have. */
  | { readonly kind: 'other-outputs'; readonly key: Digest }
  /** The study wishes that results are uploaded, and there is no key to sign them with. */
  | { readonly kind: 'no-key' };

export interface RemoteOptions {
  readonly transport: Transport;
  readonly namespace: string;
  readonly trust: Trust;
  /** Who signs what is uploaded; without it nothing is. */
  readonly signer?: SigningKey;
  readonly cas: Cas;
  tell(trouble: RemoteTrouble): void;
  readonly breaker?: Breaker;
}

/** How many uploads ended, and how. */
export interface Uploads {
  readonly uploaded: number;
  readonly failed: number;
  /** What was uploaded of blobs. */
  readonly bytes: number;
}

/** Requests at a time. What waits for its turn is not waited for by a clock. */
const REQUESTS = 32;
/** Uploads at a time; each holds one blob in memory. */
const UPLOADS = 4;
/** Uploads that wait at most: what comes on top is left to `driftline cache push`. */
const MOST_WAITING = 10_000;

/**
 * Results that many machines share, over some transport. Records are taken from trusted keys only, blobs only with the
 * bytes of their digest. No method rejects on account of the transport: it is told, and there is nothing then.
 */
export class RemoteCache {
  readonly #options: RemoteOptions;
  readonly #breaker: Breaker;
  readonly #requests = pLimit(REQUESTS);
  readonly #uploading = pLimit(UPLOADS);
  readonly #uploads = new Set<Promise<void>>();
  readonly #counts: { -readonly [Name in keyof Uploads]: Uploads[Name] } = { uploaded: 0, failed: 0, bytes: 0 };
  /** Blobs that are known to be there; that came from there; that went there; and that came back as other bytes. */
  readonly #there = new Set<Digest>();
  readonly #received = new Set<Digest>();
  readonly #sent = new Set<Digest>();
  readonly #bad = new Set<Digest>();
  #stopped = false;

  constructor(options: RemoteOptions) {
    this.#options = options;
    this.#breaker = options.breaker ?? new Breaker();
  }

  get mayWrite(): boolean {
    return this.#options.signer !== undefined;
  }

  /** Whether there is a use in asking now. */
  isUsable(): boolean {
    return !this.#stopped && this.#breaker.mayAsk();
  }

  /** What a trusted key says that an action gave; undefined where none does. Its blobs are still to be fetched. */
  async lookup(key: Digest): Promise<ActionRecord | undefined> {
    const bytes = await this.#guarded(async (transport) => {
      const pieces = await transport.get(this.#recordPath(key), MOST_RECORD_BYTES);
      return pieces && gather(pieces);
    });
    if (bytes === undefined) return undefined;
    const { namespace, trust } = this.#options;
    const record = decodeRecord(bytes, { namespace, key }, trust);
    if (!('refused' in record)) return record;
    this.#options.tell({ kind: 'refused-record', key, ...record });
    return undefined;
  }

  /** Tells that a record that was looked up is not for its action. */
  disown(key: Digest): void {
    this.#options.tell({ kind: 'other-outputs', key });
  }

  /** Whether all blobs of a record are there, by their names and lengths; or those that are not here. */
  async holds({ outputs }: ActionRecord, where: 'there' | 'here or there'): Promise<boolean> {
    const wanted = Object.values(outputs).filter(({ digest }) => where === 'there' || !this.#cas.has(digest));
    return (await Promise.all(wanted.map((one) => this.#isThere(one)))).every(Boolean);
  }

  /**
   * Brings all blobs of a record into the store, but those that `isHere` tells of; false where one is not to be had. What
   * was uploaded through this very cache does not count, for nobody could foresee it: a run executes what was forecast.
   * Rejects with a StoreError where the store cannot be written.
   */
  async fetch({ outputs }: ActionRecord, isHere: (digest: Digest) => boolean): Promise<boolean> {
    const missing = Object.values(outputs).filter(({ digest }) => !isHere(digest) && !this.#received.has(digest));
    if (missing.some(({ digest }) => this.#sent.has(digest))) return false;
    const bring = (one: StoredOutput) => (this.#cas.has(one.digest) ? this.#isThere(one) : this.#fetchBlob(one));
    return (await Promise.all(missing.map(bring))).every(Boolean);
  }

  /** Uploads a result in the background. Nothing is counted as uploaded before the place has said that it has it. */
  upload(key: Digest, record: ActionRecord): void {
    if (!this.mayWrite || this.#stopped) return;
    if (this.#uploads.size >= MOST_WAITING) {
      this.#counts.failed++;
      return;
    }
    const upload = this.#uploading(() => this.push(key, record)).then((done) => {
      this.#counts[done ? 'uploaded' : 'failed']++;
      this.#uploads.delete(upload);
    });
    this.#uploads.add(upload);
  }

  /** Uploads a result, its blobs first; false where that did not succeed. */
  async push(key: Digest, record: ActionRecord): Promise<boolean> {
    const { signer, namespace } = this.#options;
    if (signer === undefined) return false;
    for (const output of Object.values(record.outputs)) if (!(await this.#putBlob(output))) return false;
    const bytes = encodeRecord({ namespace, key }, record, signer);
    return (await this.#put(this.#recordPath(key), bytes, sha256(bytes))) === true;
  }

  /** How many uploads are still under way. */
  get waiting(): number {
    return this.#uploads.size;
  }

  /** Waits for all uploads, and says how they ended. */
  async flush(): Promise<Uploads> {
    await Promise.all(this.#uploads);
    return { ...this.#counts };
  }

  /** Ends what is under way; what waited is not done. */
  stop(): void {
    this.#stopped = true;
    this.#options.transport.close();
  }

  get #cas(): Cas {
    return this.#options.cas;
  }

  /** Namespaces share nothing but the blobs, which speak for themselves. */
  #recordPath(key: Digest): string {
    return `ac/${digestOf('remote-action', { namespace: this.#options.namespace, key })}`;
  }

  async #isThere({ digest, bytes }: StoredOutput): Promise<boolean> {
    if (this.#bad.has(digest)) return false;
    if (!this.#there.has(digest)) {
      const size = await this.#guarded((transport) => transport.size(`cas/${digest}`));
      if (size !== bytes) return false;
      this.#there.add(digest);
    }
    return true;
  }

  async #fetchBlob(output: StoredOutput): Promise<boolean> {
    const { digest, bytes } = output;
    const whole = await this.#guarded(async (transport) => {
      const pieces = await transport.get(`cas/${digest}`, bytes);
      return pieces && receiveBlob(this.#cas, output, pieces);
    });
    if (whole) this.#received.add(digest);
    if (whole !== false) return whole ?? false;
    this.#bad.add(digest);
    this.#options.tell({ kind: 'other-bytes', digest });
    return false;
  }

  async #putBlob(output: StoredOutput): Promise<boolean> {
    const { digest } = output;
    if (await this.#isThere(output)) return true;
    let bytes: Buffer;
    try {
      bytes = this.#cas.get(digest);
    } catch (error) {
      if (error instanceof BlobError) return false; // the run that reads it says so
      throw error;
    }
    this.#sent.add(digest);
    if ((await this.#put(`cas/${digest}`, bytes, digest)) !== true) return false;
    this.#there.add(digest);
    this.#bad.delete(digest);
    this.#counts.bytes += bytes.length;
    return true;
  }

  #put(path: string, bytes: Uint8Array, digest: Digest): Promise<true | undefined> {
    return this.#guarded(async (transport) => {
      await transport.put(path, bytes, digest);
      return true as const;
    });
  }

  /** Asks the place for something; undefined where it is left alone, or does not do it. */
  #guarded<T>(work: (transport: Transport) => Promise<T>): Promise<T | undefined> {
    return this.#requests(() => this.#ask(work));
  }

  async #ask<T>(work: (transport: Transport) => Promise<T>): Promise<T | undefined> {
    if (!this.isUsable()) return undefined;
    const end = this.#breaker.begin();
    try {
      const answer = await work(this.#options.transport);
      end('well');
      return answer;
    } catch (error) {
      if (!(error instanceof RemoteError)) {
        end('stopped');
        throw error;
      }
      end(this.#stopped ? 'stopped' : 'badly');
      if (this.#stopped) return undefined;
      const kind = this.#breaker.mayAsk() ? 'failed' : 'left-alone';
      this.#options.tell({ kind, reason: error.reason, details: error.message });
      return undefined;
    }
  }
}

async function gather(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts);
}
