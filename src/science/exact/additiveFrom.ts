import type { PolicySpec } from '../policy/policy.ts';

/** The length from which on T(m) − m is constant; null where there is none. */
export function additiveFrom({ kind, thresholds }: PolicySpec): number | null {
  if (kind === 'mbounce' || kind === 'none') return null;
  return kind === 'table' ? thresholds!.length : 0;
}
