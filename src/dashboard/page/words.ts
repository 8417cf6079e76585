import { formatCount, formatNumber, formatSeconds, plural } from '../../report/format.ts';
import { type RunNow, STATES, type StageFacts, type StageNow, type State } from '../protocol.ts';

export const STATE_WORDS: Readonly<Record<State, string>> = {
  waiting: 'waiting',
  queued: 'queued',
  partly: 'begun',
  running: 'running',
  done: 'done in this run',
  cached: 'cached',
  failed: 'failed',
  skipped: 'skipped',
};

export const stateWords = (state: number): string => STATE_WORDS[STATES[state]];

/** `12/60`, or a word where nothing is left to count. */
export function briefly({ state, settled, actions }: StageNow): string {
  if (state === 'failed' || state === 'skipped') return state;
  return settled === actions ? formatCount(actions) : `${formatCount(settled)}/${formatCount(actions)}`;
}

export function stageWords({ uses, cells, replicates }: StageFacts): string {
  const parts = [uses.replace(/^driftline:/, ''), plural(cells, 'cell')];
  if (replicates !== null) parts.push(`up to ${plural(replicates, 'replicate')} each`);
  return parts.join(' · ');
}

const RUN_WORDS: Readonly<Record<RunNow['state'], string>> = {
  running: 'Running',
  finished: 'Finished',
  failed: 'Failed',
  stopped: 'Stopped',
  'broken off': 'Broken off',
};

/** What a run is at; `now` in milliseconds since 1970 makes its clock go on between two of its words. */
export function runWords(run: RunNow, now: number): string {
  const going = run.state === 'running' ? Math.max(run.seconds, (now - Date.parse(run.startedAt)) / 1000) : run.seconds;
  const what =
    run.targets.length === 0 ? '' : ` ${run.targets.slice(0, 2).join(', ')}${run.targets.length > 2 ? ' …' : ''}`;
  const failed = run.failed > 0 ? ` · ${run.failed} failed` : '';
  const left = run.state === 'running' ? '' : ` · ${run.startedAt.slice(0, 16).replace('T', ' ')} UTC`;
  const by = run.watched ? ' · by driftline watch' : '';
  return `${RUN_WORDS[run.state]}${what} · ${formatCount(run.settled)} of ${formatCount(run.actions)}${failed} · ${formatSeconds(going)}${left}${by}`;
}

/** A value of a table or an axis, for reading. */
export const valueWords = (value: unknown): string =>
  typeof value === 'number' ? formatNumber(value, 6) : value === null || value === undefined ? '–' : String(value);

export const bytesWords = (count: number): string =>
  count < 1000
    ? `${count} B`
    : count < 1e6
      ? `${formatNumber(count / 1e3, 3)} kB`
      : `${formatNumber(count / 1e6, 3)} MB`;
