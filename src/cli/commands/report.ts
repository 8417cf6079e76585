import { relative } from 'node:path';
import { outFiles } from '../../engine/layout.ts';
import { lastRun, type RunRecord } from '../../store/runs.ts';
import { EXIT } from '../exit.ts';
import { writeReport } from '../publish.ts';
import { currentRecords, forecastSession, openSession, type StudyOptions, selectNodes } from '../session.ts';
import { claimResults } from '../verdicts.ts';

/** `driftline report`: draws the report from what is in the store, without running anything. */
export async function reportCommand(options: StudyOptions & { json?: boolean }): Promise<number> {
  const session = await openSession(options);
  const forecasts = forecastSession(session, selectNodes(session, []));
  const records = currentRecords(forecasts);
  const files = [...session.graph.nodes.values()].flatMap((node) => {
    const record = records.get(node.target);
    return record === undefined ? [] : outFiles(node, record);
  });
  const last = lastRun(session.storeRoot);
  const executed = new Set(last?.actions.filter(({ status }) => status === 'executed').map(({ key }) => key));
  const actions = forecasts.flatMap((item): RunRecord['actions'] => {
    if (item.state !== 'cached') return [];
    const { node, key, record } = item;
    return [{ target: node.target, key, status: executed.has(key) ? 'executed' : 'cached', seconds: record.seconds }];
  });
  const counts = last?.counts ?? { executed: 0, cached: actions.length, failed: 0, skipped: 0 };
  const run = {
    id: last?.id ?? session.runId,
    startedAt: last?.startedAt ?? '',
    seconds: last?.seconds ?? 0,
    profile: session.plan.profile,
    jobs: last?.jobs ?? 0,
    counts,
    actions,
  };
  const claims = claimResults(session.plan, records, session.cas);
  const path = relative(process.cwd(), await writeReport(session, records, run, files, claims));
  const missing = forecasts.length - actions.length;
  if (options.json) process.stdout.write(`${JSON.stringify({ report: path, missing })}\n`);
  else {
    if (missing > 0) process.stdout.write(`${missing} results are missing or out of date: driftline run makes them.\n`);
    process.stdout.write(`Report: ${path}\n`);
  }
  return EXIT.done;
}
