import type { Judgement } from '../tables/claimTest.ts';
import { type LeafChange, leafChanges } from './leaves.ts';
import type { Results } from './results.ts';

/** What became of a claim from one side to the other: its verdicts, null where the study did not have it. */
export interface ClaimDifference {
  readonly id: string;
  readonly from: string | null;
  readonly to: string | null;
  /** Whether the verdicts are not the same, or the claim is new or gone. */
  readonly moved: boolean;
  /** Whether the test itself is another one. */
  readonly otherTest: boolean;
  readonly numbers: readonly LeafChange[];
  /** Rows that the claim speaks of, that bear it out, and that speak against it. */
  readonly rows: readonly LeafChange[];
}

/** Undefined where the test gave the same on both sides, and where a side should have a verdict and has none. */
export function compareClaim(id: string, a: Results, b: Results): ClaimDifference | undefined {
  const target = `claim:${id}`;
  const [from, to] = [a, b].map((side) => verdictOf(side, target));
  if (from === undefined || to === undefined || (from === null && to === null)) return undefined;
  const tests = [a, b].map((side) => side.manifest(target)?.params);
  const otherTest = leafChanges(tests[0], tests[1]).length > 0;
  const both = from === null || to === null ? undefined : ([from, to] as const);
  const numbers = both === undefined ? [] : leafChanges(both[0].numbers, both[1].numbers);
  const rows = both === undefined ? [] : leafChanges(counts(both[0]), counts(both[1]));
  const moved = from?.verdict !== to?.verdict;
  if (!moved && !otherTest && numbers.length + rows.length === 0) return undefined;
  const verdicts = { from: from?.verdict ?? null, to: to?.verdict ?? null };
  return { id, ...verdicts, moved, otherTest: both !== undefined && otherTest, numbers, rows };
}

/** Null where the side's study has no such claim, undefined where the verdict is not there. */
function verdictOf(results: Results, target: string): Judgement | null | undefined {
  const output = results.output(target, 'verdict');
  if ('missing' in output) return output.missing === 'absent' ? null : undefined;
  return JSON.parse(results.bytes(output.digest).toString('utf8')) as Judgement;
}

const counts = ({ rows, holds, fails }: Judgement) => ({ rows, holds, fails });
