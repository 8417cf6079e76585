import type { Port } from './contract.ts';

/** The table of a stage with `until` in which its decisions are gathered, as if it were an output of its kind. */
export const DECISIONS = 'decisions';

export const DECISIONS_PORT: Port = {
  type: 'table',
  schema: {
    look: 'int32',
    replicates: 'int32',
    mean: 'float64',
    halfWidth: 'float64',
    relative: 'float64',
    confidence: 'float64',
    verdict: 'utf8',
  },
};
