import { availableParallelism } from 'node:os';
import { type CostForecast, forecastCost } from '../../engine/costs/estimate.ts';
import { count, type Forecast } from '../../engine/forecast.ts';
import type { ActionNode } from '../../engine/graph.ts';
import { forecastWith } from '../../engine/remoteForecast.ts';
import { type CacheOptions, chooseCache } from '../cacheChoice.ts';
import { costWords, stageCostWords } from '../costWords.ts';
import { EXIT } from '../exit.ts';
import { forecastSession, openSession, type Session, type StudyOptions, selectNodes } from '../session.ts';
import { openCache, tellOnce } from '../sharedCache.ts';
import { recallStanding, type StageTotal } from '../standing.ts';
import { columns, grouped, paint, plural } from '../text.ts';

export interface PlanOptions extends StudyOptions, CacheOptions {
  readonly json?: boolean;
  readonly jobs?: number;
}

/** `driftline plan [target…]`: what there is to do, stage by stage, and how long it takes. */
export async function planCommand(targets: readonly string[], options: PlanOptions): Promise<number> {
  const session = await openSession(options);
  const standing = targets.length === 0 && !options.json ? recallStanding(session) : undefined;
  if (standing !== undefined) return printStanding(standing.stages);
  return printForecast(session, selectNodes(session, targets), options);
}

/** What there is to do while all that the last run left still stands. */
function printStanding(stages: readonly StageTotal[]): number {
  const rows = stages.map(({ stage, total, notNeeded }) => [
    stage,
    paint('dim', `${total} cached`),
    notNeeded > 0 ? paint('dim', `${notNeeded} not needed`) : '',
  ]);
  const all = stages.reduce((sum, { total }) => sum + total, 0);
  const lines = rows.length > LISTED ? [idleWords(rows.length)] : columns(rows);
  process.stdout.write(`${lines.join('\n')}\nNothing to run: all ${plural(all, 'result')} are there.\n`);
  return EXIT.done;
}

/** Stages that are listed whatever there is to do; of more, those with nothing to do are counted. */
const LISTED = 40;

const idleWords = (stages: number): string => paint('dim', `${plural(stages, 'stage')} with nothing to do`);

/** Prints what a run would do and cost; with `json` the exact set of actions. */
export async function printForecast(
  session: Session,
  nodes: readonly ActionNode[],
  options: PlanOptions,
): Promise<number> {
  const { json, jobs } = options;
  const forecasts = await forecastShared(session, nodes, options);
  const cost = forecastCost(forecasts, jobs ?? availableParallelism(), session);
  if (json) printJson(session, forecasts, cost);
  else printStages(forecasts, cost);
  return EXIT.done;
}

/** What a run would do that asks the shared cache, where there is one. */
async function forecastShared(
  session: Session,
  nodes: readonly ActionNode[],
  options: CacheOptions,
): Promise<Forecast[]> {
  const choice = chooseCache(session, options);
  if (choice === undefined) return forecastSession(session, nodes);
  const remote = openCache(session, choice, tellOnce(choice));
  try {
    return await forecastWith(remote, nodes, session);
  } finally {
    remote.stop();
  }
}

function printJson({ plan }: Session, forecasts: readonly Forecast[], cost: CostForecast): void {
  const actions = forecasts.map((item) => ({
    target: item.node.target,
    state: item.state,
    ...('key' in item && item.key !== undefined && { key: item.key }),
    ...('with' in item && { with: item.with }),
    ...('by' in item && { by: item.by }),
    ...('remote' in item && { remote: true }),
    ...(cost.estimates.has(item.node.target) && { estimate: cost.estimates.get(item.node.target) }),
  }));
  const { jobs, least, most } = cost;
  const counts = { ...count(forecasts), remote: remoteOf(forecasts) };
  const document = { profile: plan.profile, counts, cost: { jobs, least, most }, actions };
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

function printStages(forecasts: readonly Forecast[], cost: CostForecast): void {
  const stages = [...groupByStage(forecasts)];
  const busy = stages.filter(([, items]) => items.some((item) => !isIdle(item)));
  const listed = stages.length > LISTED ? busy : stages;
  const rows = listed.map(([stage, items]) => {
    const { run, depends, shared, cached, 'not-needed': notNeeded } = count(items);
    const remote = remoteOf(items);
    const estimates = items.flatMap(({ node }) => cost.estimates.get(node.target) ?? []);
    const [seconds, basis] = estimates.length > 0 ? stageCostWords(estimates) : ['', ''];
    return [
      stage,
      run > 0 ? paint('yellow', `${run} to run`) : '',
      depends > 0 ? `${depends} depending on inputs` : '',
      shared > 0 ? `${shared} shared` : '',
      remote > 0 ? paint('dim', `${remote} to fetch`) : '',
      cached > remote ? paint('dim', `${cached - remote} cached`) : '',
      notNeeded > 0 ? paint('dim', `${notNeeded} not needed`) : '',
      seconds,
      paint('dim', basis),
    ];
  });
  const used = rows[0]?.map((_, at) => rows.some((row) => row[at] !== ''));
  const shown = rows.map((row) => row.filter((_, at) => used?.[at]));
  const align = ['left', 'left', 'left', 'left', 'left', 'left', 'left', 'right', 'left'] as const;
  const table = columns(
    shown,
    align.filter((_, at) => used?.[at]),
  );
  const idle = stages.length - listed.length;
  for (const line of [...table, ...(idle > 0 ? [idleWords(idle)] : [])]) process.stdout.write(`${line}\n`);
  const { run, depends, cached } = count(forecasts);
  const maybe =
    depends > 0 ? `, and up to ${grouped(depends)} more, depending on what their inputs turn out to be` : '';
  const remote = remoteOf(forecasts);
  const fetched = remote > 0 ? `${grouped(remote)} to fetch, ` : '';
  const lines =
    run + depends > 0
      ? [`${plural(run, 'action')} to run${maybe}; ${fetched}${grouped(cached - remote)} cached.`, ...costWords(cost)]
      : remote > 0
        ? [
            `Nothing to compute: ${plural(remote, 'result')} to fetch from the shared cache, ${grouped(cached - remote)} are there.`,
          ]
        : [`Nothing to run: all ${plural(cached, 'result')} are there.`];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Whether a run neither computes nor fetches anything for it. */
const isIdle = (item: Forecast): boolean =>
  item.state === 'not-needed' || (item.state === 'cached' && !('remote' in item));

const remoteOf = (forecasts: readonly Forecast[]): number => forecasts.filter((item) => 'remote' in item).length;

export function groupByStage(forecasts: readonly Forecast[]): Map<string, Forecast[]> {
  const stages = new Map<string, Forecast[]>();
  for (const item of forecasts) {
    const name = item.node.stage.name;
    const items = stages.get(name);
    if (items === undefined) stages.set(name, [item]);
    else items.push(item);
  }
  return stages;
}
