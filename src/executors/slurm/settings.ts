import type { SlurmLimits } from '../../study/plan.ts';

/** Where a study says nothing. They spare a controller that many people share; a cluster of one's own bears more. */
export const DEFAULT_LIMITS = {
  jobs: 500,
  cells: 20_000,
  submits: 1,
  polls: 12,
  grace: 60,
} as const;

/** Seconds of work in one job, where single actions are shorter. */
export const DEFAULT_PACK = 60;

export type Limits = { readonly [name in keyof typeof DEFAULT_LIMITS]: number };

export const limitsOf = ({ node: _, ...given }: SlurmLimits): Limits => ({ ...DEFAULT_LIMITS, ...given });

/** Heap that a job may use beyond an action's own: Node itself, and what it keeps outside the heap. */
export const BESIDE_HEAP = 512 * 2 ** 20;

/** Seconds of a job beside those of its actions: until its program has started, and has written what it found. */
export const BESIDE_TIME = 120;
