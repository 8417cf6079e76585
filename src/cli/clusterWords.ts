import type { ClusterState } from '../engine/events.ts';
import type { SlurmError } from '../executors/slurm/command.ts';

/** Reasons that are named. */
const SHOWN = 3;

/**
 * How a cluster stands to a run, in a few words; none where it has nothing to do. `fractions`: how far its actions are, 0 of
 * those that did not tell.
 */
export function clusterWords(
  { running, queued, waiting, packed, reasons }: ClusterState,
  fractions: readonly number[] = [],
): string {
  const counts = Object.entries(reasons).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const why = counts.slice(0, SHOWN).map(([reason, jobs]) => `${reason} ${jobs}`);
  const parts = [
    ...(running > 0 ? [`${running} running${progressWords(fractions, running)}`] : []),
    ...(queued > 0 ? [`${queued} queued (${why.join(', ')})`] : []),
    ...(waiting > 0 ? [`${waiting} to be submitted`] : []),
    ...(packed > 0 ? [`${packed} of them packed`] : []),
  ];
  return parts.length === 0 ? '' : `on the cluster: ${parts.join(', ')}`;
}

/** How far those are that told: ` (41 % done)`, or ` (3 of them 20 to 65 % done)`. */
function progressWords(fractions: readonly number[], running: number): string {
  const told = fractions.filter((fraction) => fraction > 0).map((fraction) => Math.floor(100 * fraction));
  if (told.length === 0) return '';
  const [least, most] = [told.reduce((a, b) => Math.min(a, b)), told.reduce((a, b) => Math.max(a, b))];
  const which = told.length < running ? `${told.length} of them ` : '';
  return ` (${which}${least === most ? least : `${least} to ${most}`} % done)`;
}

/** Why the cluster cannot be used, and what to do. */
export function slurmWords({ reason, program, message }: SlurmError): string {
  switch (reason) {
    case 'missing':
      return (
        `There is no program ${program} here, so nothing can be handed to Slurm. On a cluster, run Driftline where you ` +
        'would type sbatch, such as a login node; on Debian or Ubuntu, apt-get install slurm-client installs it. ' +
        '--executor local computes here.'
      );
    case 'silent':
      return `Slurm does not answer (${program}: ${message}). Jobs that it has go on; the next run takes them over.`;
    case 'refused':
      return `Slurm refuses: ${program}: ${message}`;
  }
}
