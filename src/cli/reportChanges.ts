import { type Comparison, compareSides, isSame } from '../compare/compare.ts';
import { type Side, sideOfRun, studyOf } from '../compare/side.ts';
import type { ValueDifference } from '../compare/tables.ts';
import { CHANGED_NUMBERS, type NumberChange, type ReportChanges } from '../report/model.ts';
import { compareCodePoints } from '../store/canonical.ts';
import type { RunRecord } from '../store/runs.ts';
import type { TaggedRun } from './lastTaggedRun.ts';
import type { Session } from './session.ts';

/** What changed from the last tagged run to this one. Null where there is none. */
export function changesSince(session: Session, run: RunRecord, tagged: TaggedRun | undefined): ReportChanges | null {
  if (tagged === undefined) return null;
  const { plan, log, cas } = session;
  const now: Side = sideOfRun({ ...run, study: run.study ?? studyOf(plan, []) });
  const found = compareSides(sideOfRun(tagged.record), now, { log, cas });
  return {
    tags: tagged.tags,
    run: tagged.record.id,
    startedAt: tagged.record.startedAt,
    moved: found.claims.filter((claim) => claim.moved).map(({ id, from, to }) => ({ id, from, to })),
    ...numbers(found),
    figures: found.figures.map(({ figure }) => figure),
    settings: [...found.settings.study, ...(found.settings.params ?? [])].map(({ path, ...change }) => ({
      name: path,
      ...change,
    })),
    code: [...new Set(found.code.flatMap(({ files }) => files))].sort(compareCodePoints),
    incomparable: found.incomparable.length,
    same: isSame(found),
  };
}

function numbers({ tables }: Comparison): Pick<ReportChanges, 'beyond' | 'counts'> {
  const all = tables.flatMap(({ table, columns }) =>
    columns.flatMap(({ column, values }) => values.map((value) => ({ table, column, value }))),
  );
  const inState = (state: ValueDifference['judgement']['state']) =>
    all.filter(({ value }) => value.judgement.state === state);
  const beyond = inState('beyond');
  return {
    counts: { beyond: beyond.length, within: inState('within').length, unjudged: inState('unjudged').length },
    beyond: beyond
      .sort((a, b) => (b.value.scaled ?? 0) - (a.value.scaled ?? 0))
      .slice(0, CHANGED_NUMBERS)
      .map(({ table, column, value }): NumberChange => {
        const { row, from, to, fromInterval, toInterval, relative, judgement } = value;
        return {
          table,
          column,
          row,
          from,
          to,
          ...(fromInterval !== undefined && { fromInterval }),
          ...(toInterval !== undefined && { toInterval }),
          ...(relative !== undefined && { relative }),
          ...('p' in judgement && { p: judgement.p }),
        };
      }),
  };
}
