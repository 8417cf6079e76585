import type { Forecast } from '../engine/forecast.ts';
import type { Digest } from '../store/canonical.ts';
import type { RunRecord, RunStudy } from '../store/runs.ts';
import type { Plan } from '../study/plan.ts';
import { targetParts } from './target.ts';

/** One of the two sides of a comparison: what a run left, or what the study gives now. */
export interface Side {
  /** Null for the study as it is. */
  readonly run: string | null;
  readonly startedAt: string | null;
  readonly profile: string | null;
  /** Undefined for a run whose journal does not say. */
  readonly study: RunStudy | undefined;
  /** Keys of what was done, by target. */
  readonly keys: ReadonlyMap<string, Digest>;
  readonly failed: ReadonlySet<string>;
  /** Whether everything of the study is there, so that a target that is not there was none of it. */
  readonly complete: boolean;
}

export function sideOfRun(record: RunRecord): Side {
  const done = record.actions.filter(({ status }) => status !== 'failed');
  return {
    run: record.id,
    startedAt: record.startedAt,
    profile: record.profile,
    study: record.study,
    keys: new Map(done.map(({ target, key }) => [target, key])),
    failed: new Set(record.actions.flatMap(({ target, status }) => (status === 'failed' ? [target] : []))),
    complete: record.counts.failed + record.counts.skipped === 0 && record.study?.targets.length === 0,
  };
}

/** The results that are up to date, as if a run had just found them. */
export function sideOfStudy(plan: Plan, forecasts: readonly Forecast[]): Side {
  const cached = forecasts.filter((item) => item.state === 'cached');
  return {
    run: null,
    startedAt: null,
    profile: plan.profile,
    study: studyOf(plan, []),
    keys: new Map(cached.map(({ node, key }) => [node.target, key])),
    failed: new Set(),
    complete: cached.length === forecasts.length,
  };
}

/** What a journal holds of the study that was run. */
export const studyOf = (plan: Plan, targets: readonly string[]): RunStudy => ({
  targets,
  seed: plan.seed,
  params: plan.params,
  stages: Object.fromEntries(
    plan.stages.map(({ name, uses, outputs }) => {
      const figure = Object.keys(outputs).find((output) => {
        const port = outputs[output];
        return port.type === 'file' && port.extension === 'vl.json';
      });
      return [name, { uses, ...(figure !== undefined && { figure }) }];
    }),
  ),
});

/** The stages of a side: those that its study has, or where that is not known, those that it has results of. */
export function stagesOf({ study, keys }: Side): Set<string> {
  if (study !== undefined) return new Set(Object.keys(study.stages));
  return new Set([...keys.keys()].flatMap((target) => targetParts(target)?.stage ?? []));
}
