import { resolve } from 'node:path';

/** What a file system says when it takes nothing more, and would not take another file either. */
const REFUSALS = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO'] as const;

/** Plain data, to be handed from thread to thread. */
export interface Refusal {
  readonly code: (typeof REFUSALS)[number];
  readonly path: string;
  /** The system's own words. */
  readonly reason: string;
}

/** The place where results are kept cannot be written: no fault of a stage, and trying the next one is of no use. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly refusal: Refusal;
  readonly code: Refusal['code'];

  constructor(refusal: Refusal) {
    super(`${refusal.path} cannot be written: ${refusal.reason}`);
    this.refusal = refusal;
    this.code = refusal.code;
  }
}

/** Runs what writes to `path`; throws {@link StoreError} where the file system refuses, else what it throws. */
export function writing<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const known = REFUSALS.find((one) => one === code);
    if (known === undefined || error instanceof StoreError) throw error;
    throw new StoreError({ code: known, path: resolve(path), reason: message });
  }
}

/** Whether there is no room for more, where less may be brought about. */
export const isFull = (error: unknown): boolean =>
  error instanceof StoreError && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
