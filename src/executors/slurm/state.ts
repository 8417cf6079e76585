import type { ClusterState } from '../../engine/events.ts';
import { type Element, openWorks } from './work.ts';

/** How the cluster stands to the run, by the jobs that are not done. */
export function clusterState(
  jobs: readonly Element[],
  counts: { readonly waiting: number; readonly done: number; readonly adopted: number },
  trouble: string | undefined,
): ClusterState {
  const reasons: Record<string, number> = {};
  let queued = 0;
  let running = 0;
  let packed = 0;
  for (const element of jobs) {
    const { length } = openWorks(element);
    if (element.state === 'running' || (element.state === undefined && element.attempt >= 0)) running += length;
    else {
      queued += length;
      const reason = element.reason || 'Submitted';
      reasons[reason] = (reasons[reason] ?? 0) + 1;
    }
    if (element.works.length > 1) packed += length;
  }
  return { ...counts, queued, running, packed, jobs: jobs.length, reasons, ...(trouble !== undefined && { trouble }) };
}
