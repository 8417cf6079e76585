import { type Acceptable, findAcceptable } from '../../src/engine/acceptable.ts';
import { type Judgement, judge, recordAccepted, sampleCandidates, stated } from '../../src/engine/acceptance.ts';
import type { DescribedKind } from '../../src/engine/describe.ts';
import type { LoadedKind } from '../../src/engine/kinds.ts';
import type { SampleSize } from '../../src/engine/recompute.ts';
import { type Statement, writeStatement } from '../../src/store/statements.ts';
import type { Plan } from '../../src/study/plan.ts';
import { echo, FakeExecutor, type FakeStudy, kind, type Work } from './fakes.ts';

/** A kind at some version of its code, which tasks can tell by their bundle. */
export const version = (code: string, more: Partial<DescribedKind> = {}): LoadedKind => ({
  ...kind('fake', more, code),
  bundle: `/nowhere/${code}.mjs`,
});

export function find(study: FakeStudy, plan: Plan, kinds: readonly LoadedKind[]): Acceptable {
  const context = study.context(plan, kinds);
  return findAcceptable(context.graph.select(), context);
}

export const targetsOf = ({ candidates }: Pick<Acceptable, 'candidates'>): string[] =>
  candidates.flatMap(({ nodes }) => nodes.map(({ target }) => target));

export const statementOf = (more: Partial<Statement> = {}): Statement => ({
  format: 1,
  because: 'names only',
  by: { user: 'u', host: 'h', at: '2026-01-01T00:00:00.000Z' },
  accepted: 0,
  changes: [],
  recomputed: [],
  ...more,
});

/** Finds, tries and records, as the command does. */
export async function accept(
  study: FakeStudy,
  plan: Plan,
  kinds: readonly LoadedKind[],
  { work = echo, size = { fraction: 1 } }: { work?: Work; size?: SampleSize } = {},
): Promise<Judgement & { readonly found: Acceptable; readonly executed: readonly string[]; statement?: string }> {
  const context = study.context(plan, kinds);
  const nodes = context.graph.select();
  const found = findAcceptable(nodes, context);
  const executor = new FakeExecutor(context.cas, work);
  const signal = new AbortController().signal;
  const chosen = sampleCandidates(found.candidates, size);
  const judgement = await judge(nodes, found, chosen, { ...context, executor, jobs: 2, signal, isSound: () => true });
  const { accepted, trials } = judgement;
  const statement = recordAccepted(accepted, context, (recorded) =>
    writeStatement(context.storeRoot, statementOf(stated(recorded, trials))),
  );
  context.leases.close();
  context.log.close();
  return { ...judgement, found, executed: executor.executed, ...(statement && { statement }) };
}
