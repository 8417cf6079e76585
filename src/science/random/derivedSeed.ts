import { streamState } from './stream.ts';

/**
 * A seed, 64 hexadecimal digits, for one part of a computation that has a seed itself: the state of the generator for the
 * role (see stream.ts), so that different roles give unrelated parts. Throws a SeedError for what is no seed.
 */
export const derivedSeed = (seed: string, role: string): string =>
  streamState(seed, role)
    .map((word) => word.toString(16).padStart(16, '0'))
    .join('');
