import type { Digest } from '../store/canonical.ts';
import { readStatement, type Statement } from '../store/statements.ts';

/** What of some results was accepted by one statement. */
export interface AcceptedShare {
  readonly statement: Digest;
  /** Null where the statement is gone. */
  readonly because: string | null;
  readonly by: Statement['by'] | null;
  /** Results that rest on it, and those of them that were computed again before it was made. */
  readonly actions: number;
  readonly recomputed: number;
}

/** Counts results by the statements that they rest on, in the order in which these are met. */
export function acceptedShares(
  storeRoot: string,
  results: Iterable<{ readonly key: Digest; readonly accepted?: Digest | undefined }>,
): AcceptedShare[] {
  const keys = new Map<Digest, Digest[]>();
  for (const { key, accepted } of results) {
    if (accepted === undefined) continue;
    const same = keys.get(accepted);
    if (same === undefined) keys.set(accepted, [key]);
    else same.push(key);
  }
  return [...keys].map(([statement, mine]) => {
    const found = readStatement(storeRoot, statement);
    const checked = new Set(found?.recomputed.map(({ key }) => key));
    return {
      statement,
      because: found?.because ?? null,
      by: found?.by ?? null,
      actions: mine.length,
      recomputed: mine.filter((key) => checked.has(key)).length,
    };
  });
}
