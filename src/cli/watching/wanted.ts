import type { RunEvent } from '../../engine/events.ts';
import type { Forecast } from '../../engine/forecast.ts';
import type { Digest } from '../../store/canonical.ts';

/** What a run is at, by its events: target → key. */
export class UnderWay {
  readonly actions = new Map<string, Digest>();

  readonly hear = (event: RunEvent): void => {
    switch (event.type) {
      case 'action-started':
        this.actions.set(event.target, event.key);
        break;
      case 'action-finished':
      case 'action-failed':
      case 'action-skipped':
        this.actions.delete(event.target);
        break;
      default:
        break;
    }
  };
}

/**
 * Whether a run of the study as it is now would do some of what is under way: the very same actions, or ones whose
 * inputs it does not know yet, which may turn out to be the same.
 */
export function isWanted(underWay: ReadonlyMap<string, Digest>, forecasts: readonly Forecast[]): boolean {
  const keys = new Set<Digest>();
  const open = new Set<string>();
  for (const item of forecasts) {
    if (item.state === 'run' && item.key !== undefined) keys.add(item.key);
    else if (item.state === 'depends') open.add(item.node.target);
  }
  return [...underWay].some(([target, key]) => keys.has(key) || open.has(target));
}
