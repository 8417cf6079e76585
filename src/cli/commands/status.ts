import { count } from '../../engine/forecast.ts';
import { lastRun } from '../../store/runs.ts';
import { EXIT } from '../exit.ts';
import { forecastSession, openSession, type Session, type StudyOptions, selectNodes } from '../session.ts';
import { recallStanding } from '../standing.ts';
import { columns, duration, paint } from '../text.ts';
import { groupByStage } from './plan.ts';

/** `driftline status`: each stage with how much of it is there, and the last run. */
export async function statusCommand(options: StudyOptions & { json?: boolean }): Promise<number> {
  const session = await openSession(options);
  const last = lastRun(session.storeRoot);
  const stages =
    recallStanding(session)?.stages.map(({ stage, total, seconds }) => ({ stage, done: total, total, seconds })) ??
    stagesOf(session);
  if (options.json) {
    const run = last && { id: last.id, startedAt: last.startedAt, seconds: last.seconds, ...last.counts };
    process.stdout.write(
      `${JSON.stringify({ study: session.plan.study, profile: session.plan.profile, stages, lastRun: run ?? null }, null, 2)}\n`,
    );
    return EXIT.done;
  }
  const rows = stages.map(({ stage, done, total, seconds }) => [
    done === total ? paint('green', '✓') : done > 0 ? paint('yellow', '◐') : '·',
    stage,
    `${done}/${total}`,
    done > 0 ? paint('dim', duration(seconds)) : '',
  ]);
  process.stdout.write(`${session.plan.study}${session.plan.profile ? ` (${session.plan.profile})` : ''}\n`);
  process.stdout.write(`${columns(rows, ['left', 'left', 'right', 'right']).join('\n')}\n`);
  if (last) {
    const { executed, cached, failed } = last.counts;
    process.stdout.write(
      `Last run with work to do: ${last.startedAt}, ${duration(last.seconds)}, ${executed} executed, ${cached} cached, ${failed} failed.\n`,
    );
  }
  return EXIT.done;
}

function stagesOf(session: Session) {
  const forecasts = forecastSession(session, selectNodes(session, []));
  return [...groupByStage(forecasts)].map(([stage, items]) => {
    const seconds = items.reduce((sum, item) => sum + (item.state === 'cached' ? item.record.seconds : 0), 0);
    const { cached: done, 'not-needed': notNeeded } = count(items);
    return { stage, done, total: items.length - notNeeded, seconds };
  });
}
