import { DECISION_COLUMNS } from '../tables/decisionColumns.ts';
import type { Port } from './contract.ts';

/** The table of a stage with `until` in which its decisions are gathered, as if it were an output of its kind. */
export const DECISIONS = 'decisions';

export const DECISIONS_PORT: Port = { type: 'table', schema: DECISION_COLUMNS };
