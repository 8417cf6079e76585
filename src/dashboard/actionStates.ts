import type { State } from './protocol.ts';

/** What became of an action; as a number, its place in this list. */
const ACTION_STATES = [
  'waiting',
  'queued',
  'elsewhere',
  'running',
  'done',
  'cached',
  'not-needed',
  'failed',
  'skipped',
] as const;

export type ActionState = (typeof ACTION_STATES)[number];

export const ACTION_STATE_COUNT = ACTION_STATES.length;

export const placeOf = (state: ActionState): number => ACTION_STATES.indexOf(state);

export const stateAt = (place: number): ActionState => ACTION_STATES[place];

/** Whether the action needs no more doing. */
export const isSettled = (place: number): boolean => place >= placeOf('done') && place <= placeOf('not-needed');

/** What is to be said of actions of which so many are in each state. */
export function together(counts: ArrayLike<number>): State {
  const of = (state: ActionState): number => counts[placeOf(state)];
  const settled = of('done') + of('cached') + of('not-needed');
  const open = of('waiting') + of('queued') + of('elsewhere');
  if (of('failed') > 0) return 'failed';
  if (of('running') > 0) return 'running';
  if (of('skipped') > 0) return 'skipped';
  if (open === 0) return of('done') > 0 ? 'done' : 'cached';
  if (settled > 0) return 'partly';
  return of('queued') + of('elsewhere') > 0 ? 'queued' : 'waiting';
}
