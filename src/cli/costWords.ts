import type { Estimate } from '../engine/costs/durations.ts';
import type { Cost, CostForecast } from '../engine/costs/estimate.ts';
import { duration, plural } from './text.ts';

/** What a run costs, in one or two lines; nothing where nothing of it is known to cost anything. */
export function costWords({ jobs, least, most }: CostForecast): string[] {
  if (most.cpuSeconds === 0 && most.unknown === 0) return [];
  const at = `on ${plural(jobs, 'core')}`;
  const lines: string[] = [];
  if (most.cpuSeconds > 0) {
    const wall = range(least, most, (cost) => cost.wallSeconds);
    lines.push(`Estimated time: ${wall} ${at}; ${range(least, most, (cost) => cost.cpuSeconds)} of computing.`);
  }
  if (most.unknown > 0) {
    const those = `${plural(most.unknown, 'action')} of a kind that never ran here`;
    lines.push(most.cpuSeconds > 0 ? `Not in it: ${those}.` : `Estimated time: unknown, for ${those}.`);
  }
  return lines;
}

function range(least: Cost, most: Cost, of: (cost: Cost) => number): string {
  const [low, high] = [duration(of(least)), duration(of(most))];
  return low === high ? low : `${low} to ${high}`;
}

/** How long a stage takes, and by what most of it is told. */
export function stageCostWords(estimates: readonly Estimate[]): readonly [seconds: string, basis: string] {
  const shares = new Map<string, number>();
  let seconds = 0;
  for (const estimate of estimates) {
    const words = basisWords(estimate);
    seconds += estimate.seconds ?? 0;
    shares.set(words, (shares.get(words) ?? 0) + (estimate.seconds ?? 0));
  }
  const [[most]] = [...shares].sort(([, a], [, b]) => b - a);
  const unknown = estimates.filter(({ basis }) => basis === 'unknown').length;
  if (unknown === estimates.length) return ['?', 'never ran'];
  return [duration(seconds), unknown === 0 ? most : `${most}; ${unknown} unknown`];
}

function basisWords({ basis, grows }: Estimate): string {
  const proportion = grows === undefined ? '' : `, in proportion to ${grows}`;
  switch (basis) {
    case 'itself':
      return 'as it took';
    case 'cell':
      return `by the cell before${proportion}`;
    case 'stage':
      return `by the stage before${proportion}`;
    case 'kind':
      return `by its kind elsewhere${proportion}`;
    case 'unknown':
      return 'never ran';
  }
}
