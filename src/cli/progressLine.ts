import type { Left } from '../engine/costs/outlook.ts';
import { clip, duration, width } from './text.ts';

/** What the line of a run under way tells. */
export interface Standing {
  readonly done: number;
  readonly total: number;
  /** Seconds since the run began. */
  readonly elapsed: number;
  /** Actions that were computed in the last `seconds`; absent before there is a rate to speak of. */
  readonly rate?: { readonly actions: number; readonly seconds: number } | undefined;
  readonly left?: Left | undefined;
  /** In words, what comes first: what a cluster does, what another run does. */
  readonly elsewhere: readonly string[];
  /** What runs here, the longest first, with how far it is, from 0 to 1; 0 where it does not say. */
  readonly running: readonly (readonly [target: string, fraction: number])[];
}

const SEPARATOR = ' · ';

/** Widths of the bar that are tried; it is the first to go where there is little room. */
const BARS = [20, 10];

/**
 * One line of at most `columns` characters: how far the run is and how long it has to go before all else, then what
 * runs, as much as there is room for, then the rate, then a bar.
 */
export function progressLine(state: Standing, columns: number): string {
  const room = Math.max(1, columns);
  const head = `${state.done}/${state.total}`;
  const left = state.left && leftWords(state.left);
  const parts = [head, duration(state.elapsed)];
  const add = (part: string | undefined, reserve = 0): boolean => {
    if (part === undefined || width([...parts, part].join(SEPARATOR)) + reserve > room) return false;
    parts.push(part);
    return true;
  };
  add(left);
  for (const words of state.elsewhere) add(words);
  const isWide = room >= 70;
  if (isWide) add(rateWords(state), RUNNING_ROOM);
  const used = width(parts.join(SEPARATOR)) + SEPARATOR.length;
  // The bar takes what a name that is cut short would not miss.
  const bar = isWide ? BARS.find((wide) => used + wide + RUNNING_ROOM <= room) : undefined;
  const start = bar === undefined ? '' : `${barOf(state.done / Math.max(1, state.total), bar)} `;
  const names = runningWords(state.running, room - used - start.length);
  if (names !== '') parts.push(names);
  return clip(`${start}${parts.join(SEPARATOR)}`, room);
}

/** Characters that are kept for what runs. */
const RUNNING_ROOM = 24;

/** The same for a log, where lines stay: all of it, whatever the width. */
export const progressInLog = (state: Standing): string =>
  [
    `${state.done}/${state.total} after ${duration(state.elapsed)}`,
    ...(state.left === undefined ? [] : [leftWords(state.left)]),
    ...state.elsewhere,
    ...[rateWords(state) ?? []].flat(),
    ...[runningWords(state.running, LOG_ROOM)].filter((words) => words !== ''),
  ].join(SEPARATOR);

const LOG_ROOM = 100;

/** `a 40%, b and 3 more`: as many as fit, the last of them cut where not even one does. */
function runningWords(running: Standing['running'], room: number): string {
  const words = running.map(([target, fraction]) =>
    fraction > 0 ? `${target} ${Math.floor(fraction * 100)}%` : target,
  );
  for (let shown = words.length; shown > 0; shown--) {
    const more = words.length - shown;
    const text = `${words.slice(0, shown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    if (width(text) <= room) return text;
  }
  return room >= 8 && words.length > 0 ? clip(words[0], room) : '';
}

function barOf(fraction: number, wide: number): string {
  const full = Math.min(wide, Math.floor(fraction * wide));
  return '█'.repeat(full) + '░'.repeat(wide - full);
}

/** `3.2/s`, `14/min`: counted in the larger unit where it would be less than one in the smaller. */
function rateWords({ rate }: Standing): string | undefined {
  if (rate === undefined) return undefined;
  const bySecond = rate.actions / rate.seconds;
  const [value, unit] = bySecond >= 1 ? [bySecond, 's'] : bySecond * 60 >= 1 ? [bySecond * 60, 'min'] : [0, ''];
  if (unit === '') return undefined;
  return `${value >= 10 ? Math.round(value) : value.toFixed(1)}/${unit}`;
}

/** How much longer the most may be than the least for one number to say both. */
const SAME = 1.3;

/** `about 25 s left`, `2 to 5 min left`; `over 25 s left` where some of what is left nobody knows. */
export function leftWords({ least, most, unknown }: Left): string {
  if (unknown > 0) return `over ${coarse(least)} left`;
  const [low, high] = [coarse(least), coarse(most)];
  if (low === high || most <= SAME * least) return `about ${high} left`;
  const [, count, unit] = /^(\d+) (\w+)$/.exec(low) ?? [];
  return `${high.endsWith(` ${unit}`) && !high.includes('h') ? count : low} to ${high} left`;
}

/** No more precise than an estimate is: seconds, then fives of them, minutes, then fives of those. */
function coarse(seconds: number): string {
  if (seconds < 1) return '1 s';
  if (seconds < 20) return `${Math.round(seconds)} s`;
  if (seconds < 100) return `${Math.round(seconds / 5) * 5} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const fives = Math.round(minutes / 5) * 5;
  return `${Math.floor(fives / 60)} h ${String(fives % 60).padStart(2, '0')} min`;
}
