import type { ActionLog } from '../../store/actions.ts';
import { History } from '../explain/history.ts';
import type { Forecast } from '../forecast.ts';
import { type ActionNode, dependencies } from '../graph.ts';
import type { ResolveContext } from '../resolve.ts';
import { Durations, type Estimate } from './durations.ts';

/** What some actions cost. */
export interface Cost {
  /** Seconds of computing, times the cores that each action takes. */
  readonly cpuSeconds: number;
  /** The least that they take on so many cores: their longest chain, or all of the work shared out evenly. */
  readonly wallSeconds: number;
  /** Actions that nothing like was computed before, which are not in the sums. */
  readonly unknown: number;
}

export interface CostForecast {
  readonly jobs: number;
  /** If nothing runs that depends on how its inputs turn out. */
  readonly least: Cost;
  /** If all of it does. */
  readonly most: Cost;
  /** Of each action that runs or may run. */
  readonly estimates: ReadonlyMap<string, Estimate>;
}

/** Forecasts what a run costs from how long earlier actions took. */
export function forecastCost(
  forecasts: readonly Forecast[],
  jobs: number,
  context: Omit<ResolveContext, 'record'> & { readonly log: ActionLog },
): CostForecast {
  const open = forecasts.filter(({ state }) => state === 'run' || state === 'depends');
  const durations = open.length === 0 ? undefined : new Durations(new History(context.log, context.storeRoot), context);
  const estimates = new Map(open.map((item) => [item.node.target, durations!.of(item)]));
  const nodes = forecasts.map(({ node }) => node);
  const certain = new Map(
    open.flatMap(({ state, node }) => (state === 'run' ? [[node.target, estimates.get(node.target)!]] : [])),
  );
  return { jobs, least: costOf(nodes, certain, jobs), most: costOf(nodes, estimates, jobs), estimates };
}

/**
 * The bounds of list scheduling: no schedule is shorter than the longest chain, nor than all work divided by the cores.
 *
 * @param nodes inputs before their users
 */
export function costOf(nodes: readonly ActionNode[], estimates: ReadonlyMap<string, Estimate>, jobs: number): Cost {
  const ends = new Map<string, number>();
  let cpuSeconds = 0;
  let longest = 0;
  let unknown = 0;
  for (const node of nodes) {
    const estimate = estimates.get(node.target);
    const seconds = estimate?.seconds ?? 0;
    if (estimate?.basis === 'unknown') unknown++;
    const cpus = node.role === 'run' ? Math.min(node.stage.resources.cpus, jobs) : 1;
    cpuSeconds += seconds * cpus;
    let start = 0;
    for (const target of dependencies(node)) start = Math.max(start, ends.get(target) ?? 0);
    ends.set(node.target, start + seconds);
    longest = Math.max(longest, start + seconds);
  }
  return { cpuSeconds, wallSeconds: Math.max(longest, cpuSeconds / jobs), unknown };
}
