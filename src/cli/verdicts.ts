import type { ActionRecord } from '../store/actions.ts';
import type { Cas } from '../store/cas.ts';
import type { Plan, PlannedClaim } from '../study/plan.ts';
import type { Judgement } from '../tables/claimTest.ts';

/** A claim with the content of its `verdict` file, where there is one. */
export type ClaimResult = PlannedClaim & { readonly found: Judgement | undefined };

/** Every claim with its verdict; without one where its test has not run or failed. */
export function claimResults(plan: Plan, records: ReadonlyMap<string, ActionRecord>, cas: Cas): ClaimResult[] {
  return plan.claims.map((claim) => {
    const output = records.get(`claim:${claim.id}`)?.outputs.verdict;
    const found = output === undefined ? undefined : (JSON.parse(cas.get(output.digest).toString('utf8')) as Judgement);
    return { ...claim, found };
  });
}

/** `claims.json`: plain data in the study's order, the same bytes for the same results. */
export const claimsDocument = (plan: Plan, results: readonly ClaimResult[]): unknown => ({
  study: plan.study,
  profile: plan.profile,
  claims: results.map(({ id, says, source, note, found }) => ({
    id,
    says,
    ...(source !== undefined && { source }),
    ...(note !== undefined && { note }),
    verdict: found?.verdict ?? 'missing',
    ...(found && {
      rows: found.rows,
      holds: found.holds,
      fails: found.fails,
      unknown: found.unknown,
      numbers: found.numbers,
      decisive: found.decisive,
    }),
  })),
});

export const anyRefuted = (claims: readonly ClaimResult[]): boolean =>
  claims.some(({ found }) => found?.verdict === 'refuted');
