import { count } from '../../engine/forecast.ts';
import { lastRun, type RunRecord } from '../../store/runs.ts';
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
    recallStanding(session)?.stages.map(({ stage, total, seconds }) => ({
      stage,
      done: total,
      total,
      failed: 0,
      seconds,
    })) ?? stagesOf(session, last);
  if (options.json) {
    const { id, startedAt, profile, seconds, counts } = last ?? {};
    const run = last && { id, startedAt, profile, seconds, ...counts };
    process.stdout.write(
      `${JSON.stringify({ study: session.plan.study, profile: session.plan.profile, stages, lastRun: run ?? null }, null, 2)}\n`,
    );
    return EXIT.done;
  }
  const rows = stages.map(({ stage, done, total, failed, seconds }) => [
    failed > 0 ? paint('red', '✗') : done === total ? paint('green', '✓') : done > 0 ? paint('yellow', '◐') : '·',
    stage,
    `${done}/${total}`,
    done > 0 ? paint('dim', duration(seconds)) : '',
    failed > 0 ? paint('red', `${failed} failed`) : '',
  ]);
  process.stdout.write(`${session.plan.study}${session.plan.profile ? ` (${session.plan.profile})` : ''}\n`);
  process.stdout.write(`${columns(rows, ['left', 'left', 'right', 'right']).join('\n')}\n`);
  if (last) {
    const { executed, cached, failed } = last.counts;
    const name = last.profile === null ? last.id : `${last.id} (${last.profile})`;
    const counts = [`${executed} executed`, `${cached} cached`, ...(failed > 0 ? [`${failed} failed`] : [])];
    process.stdout.write(`Last run on record: ${name}\n  ${duration(last.seconds)}, ${counts.join(', ')}\n`);
  }
  return EXIT.done;
}

function stagesOf(session: Session, last: RunRecord | undefined) {
  const lost = new Set(last?.actions.flatMap(({ key, status }) => (status === 'failed' ? [key] : [])));
  const forecasts = forecastSession(session, selectNodes(session, []));
  return [...groupByStage(forecasts)].map(([stage, items]) => {
    const seconds = items.reduce((sum, item) => sum + (item.state === 'cached' ? item.record.seconds : 0), 0);
    const { cached: done, 'not-needed': notNeeded } = count(items);
    const failed = items.filter((item) => item.state === 'run' && item.key !== undefined && lost.has(item.key)).length;
    return { stage, done, total: items.length - notNeeded, failed, seconds };
  });
}
