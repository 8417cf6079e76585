import type { Acceptance, ActionLog } from '../../store/actions.ts';
import { compareCodePoints } from '../../store/canonical.ts';
import { type Decision, readDecision } from '../decision.ts';
import { count, type Forecast } from '../forecast.ts';
import type { Finding } from './cause.ts';
import { History } from './history.ts';
import { type Root, rootsOf } from './roots.ts';
import { type ExplainContext, Trace } from './trace.ts';

/** Why actions are as they are. */
export interface Explanation {
  readonly counts: Readonly<Record<Forecast['state'], number>>;
  /** What would run, and may run. */
  readonly pending: Explained | undefined;
  /** What is there, by the run that made it, the newest first. */
  readonly made: readonly Made[];
  /** Actions that are there without having run: every cell left their output out. */
  readonly empty: readonly string[];
  readonly notNeeded: readonly NotNeeded[];
}

/** A replicate or look without which its cell has enough: the look that decided it, and what it found. */
export interface NotNeeded {
  readonly target: string;
  readonly by: string;
  readonly decision: Decision;
}

/** What differs from before, back to the root causes. */
export interface Explained {
  readonly roots: readonly Root[];
  /** What was asked about. */
  readonly actions: readonly Finding[];
  /** What differs above it. */
  readonly upstream: readonly Finding[];
}

/** Results that one run made. */
export interface Made extends Explained {
  readonly run: string;
  /** Of the run, by its journal; absent where that is gone. */
  readonly startedAt?: string;
  readonly profile?: string | null;
  readonly host?: string;
  readonly hits: readonly Hit[];
}

export interface Hit {
  readonly target: string;
  readonly key: string;
  /** Seconds that it took. */
  readonly seconds: number;
  /** What it was called when it ran. */
  readonly as: string;
  /** An earlier run that had done it already. */
  readonly first?: string;
  /** Computed by other code; somebody stated that it makes no difference. */
  readonly accepted?: Acceptance;
  /** It came from a shared cache: the key that answers for it. */
  readonly signedBy?: string;
  /** What a look found. */
  readonly decision?: Decision;
}

/** Runs whose results are explained back to the root causes. */
const RUNS_EXPLAINED = 3;

/** Explains forecasts against what is recorded. `all` holds what `wanted` depends on. */
export function explain(
  wanted: readonly Forecast[],
  all: readonly Forecast[],
  context: ExplainContext & { readonly log: ActionLog },
): Explanation {
  const history = new History(context.log, context.storeRoot);
  const forecasts = new Map(all.map((item) => [item.node.target, item]));
  const explained = (items: readonly Forecast[], asOf?: string): Explained => {
    const findings = new Trace(forecasts, history, context).follow(items, asOf);
    return {
      roots: rootsOf(findings),
      actions: findings.slice(0, items.length),
      upstream: findings.slice(items.length),
    };
  };
  const open = wanted.filter(({ state }) => state !== 'cached' && state !== 'not-needed');
  const cached = wanted.filter((item) => item.state === 'cached');
  const made = [...byRun(cached)].map(([run, items], at): Made => {
    const journal = history.journal(run);
    return {
      run,
      ...(journal !== undefined && { startedAt: journal.startedAt, profile: journal.profile }),
      ...(journal?.host !== undefined && { host: journal.host }),
      hits: items.map(({ node, key, record }) => {
        const earlier = history.earlierUse(node.target, key, run);
        // What was accepted for it was not done by that run.
        const first = earlier?.action.accepted === undefined ? earlier?.run : undefined;
        return {
          target: node.target,
          key,
          seconds: record.seconds,
          as: record.target,
          ...(first !== undefined && { first }),
          ...(record.accepted && { accepted: record.accepted }),
          ...(record.signedBy && { signedBy: record.signedBy }),
          ...(node.role === 'decide' && { decision: readDecision(record, context.cas) }),
        };
      }),
      ...(at < RUNS_EXPLAINED ? explained(items, run) : { roots: [], actions: [], upstream: [] }),
    };
  });
  return {
    counts: count(wanted),
    pending: open.length === 0 ? undefined : explained(open),
    made,
    empty: cached.flatMap(({ node, record }) => (record.run === '' ? [node.target] : [])),
    notNeeded: wanted.flatMap((item) => {
      const by = item.state === 'not-needed' ? forecasts.get(item.by) : undefined;
      if (by?.state !== 'cached') return [];
      return [{ target: item.node.target, by: by.node.target, decision: readDecision(by.record, context.cas) }];
    }),
  };
}

type Cached = Forecast & { state: 'cached' };

/** Runs are named by the time of their start. */
function byRun(cached: readonly Cached[]): Map<string, Cached[]> {
  const runs = new Map<string, Cached[]>();
  for (const item of cached) {
    const { run } = item.record;
    if (run === '') continue;
    const items = runs.get(run);
    if (items === undefined) runs.set(run, [item]);
    else items.push(item);
  }
  return new Map([...runs].sort(([a], [b]) => compareCodePoints(b, a)));
}
