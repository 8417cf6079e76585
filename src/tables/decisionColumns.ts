import type { Schema } from './table.ts';

/** What a look at replicates leaves: the kind that decides writes it, and a stage with `until` has a table of it. */
export const DECISION_COLUMNS = {
  look: 'int32',
  replicates: 'int32',
  mean: 'float64',
  halfWidth: 'float64',
  relative: 'float64',
  confidence: 'float64',
  verdict: 'utf8',
} as const satisfies Schema;
