import { count, type Forecast } from '../../engine/forecast.ts';
import type { ActionNode } from '../../engine/graph.ts';
import { EXIT } from '../exit.ts';
import { forecastSession, openSession, type Session, type StudyOptions, selectNodes } from '../session.ts';
import { columns, paint, plural } from '../text.ts';

/** `driftline plan [target…]`: what there is to do, stage by stage. */
export async function planCommand(
  targets: readonly string[],
  options: StudyOptions & { json?: boolean },
): Promise<number> {
  const session = await openSession(options);
  return printForecast(session, selectNodes(session, targets), options);
}

/** Prints what a run would do; with `json` the exact set of actions. */
export function printForecast(session: Session, nodes: readonly ActionNode[], { json }: { json?: boolean }): number {
  const forecasts = forecastSession(session, nodes);
  if (json) {
    const actions = forecasts.map((item) => ({
      target: item.node.target,
      state: item.state,
      ...('key' in item && item.key !== undefined && { key: item.key }),
      ...('with' in item && { with: item.with }),
    }));
    process.stdout.write(
      `${JSON.stringify({ profile: session.plan.profile, counts: count(forecasts), actions }, null, 2)}\n`,
    );
    return EXIT.done;
  }
  const stages = groupByStage(forecasts);
  const rows = [...stages].map(([stage, items]) => {
    const { run, depends, shared, cached } = count(items);
    return [
      stage,
      run > 0 ? paint('yellow', `${run} to run`) : '',
      depends > 0 ? `${depends} depending on inputs` : '',
      shared > 0 ? `${shared} shared` : '',
      cached > 0 ? paint('dim', `${cached} cached`) : '',
    ];
  });
  process.stdout.write(`${columns(rows).join('\n')}\n`);
  const { run, depends, cached } = count(forecasts);
  const maybe = depends > 0 ? `, and up to ${depends} more, depending on what their inputs turn out to be` : '';
  process.stdout.write(
    run + depends === 0
      ? `Nothing to run: all ${plural(cached, 'result')} are there.\n`
      : `${plural(run, 'action')} to run${maybe}; ${cached} cached.\n`,
  );
  return EXIT.done;
}

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
