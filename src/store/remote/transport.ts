import type { Digest } from '../canonical.ts';

/**
 * A place that keeps bytes under paths such as `cas/<64 digits>`, for many machines. It is believed in nothing: who asks
 * checks what comes back. All methods reject with {@link RemoteError} where the place does not do what is asked.
 */
export interface Transport {
  /**
   * The bytes under a path, as they come; undefined where there is nothing. Reading them rejects when there are more than
   * `most`, when they end too early, or come too slowly.
   */
  get(path: string, most: number): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** How many bytes there are under a path; undefined where there is nothing. */
  size(path: string): Promise<number | undefined>;
  /** Puts bytes under a path: others see all of them or none. Resolves once the place says that it has them. */
  put(path: string, bytes: Uint8Array, sha256: Digest): Promise<void>;
  /** Ends what is under way, which rejects. */
  close(): void;
}

/** Bounds on waiting. */
export interface Patience {
  /** Milliseconds in which something has to happen: a connection, an answer, the next bytes. */
  readonly idle: number;
  /** Bytes in a second that come on average, once the first `idle` milliseconds are over. */
  readonly rate: number;
}

export const PATIENCE: Patience = { idle: 5000, rate: 16_000 };

/** Why a place did not do what was asked. */
export type RemoteReason =
  /** No connection: refused, no such host, a certificate that is not trusted. */
  | 'unreachable'
  | 'timeout'
  /** It answers, but slower than is of use. */
  | 'slow'
  | 'cut-off'
  | 'too-long'
  /** It sends elsewhere, which is not followed. */
  | 'redirect'
  /** It wants other credentials. */
  | 'forbidden'
  /** Any other answer. */
  | 'answer';

export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  readonly reason: RemoteReason;

  /** `message`: the details, for people. */
  constructor(reason: RemoteReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** A server that has no place for what it is given. */
export const nowhere = (): RemoteError => new RemoteError('answer', 'it answered 404 to an upload');
