import type { Policy } from '../policy/policy.ts';

/** What an arrival at one of two queues does: with `probability` it joins the origin or K pieces join a queue. */
export interface ArrivalOutcome {
  readonly probability: number;
  readonly migrates: boolean;
  /** Whether the pieces join the queue of the arrival: always if it stays, for a migrant when its own queue was sampled. */
  readonly atOrigin: boolean;
  /** Length of the queue that is joined, before. */
  readonly length: number;
}

/**
 * The outcomes of an arrival at a queue of length `origin` when the other has length `other`. d samples with
 * replacement, the origin included, all miss the other queue with probability 2^−d; d = all always sees both.
 * The shortest sampled queue is the origin itself where it is the shorter one and was sampled at all; a tie is
 * broken by a fair coin.
 */
export function arrivalOutcomes(policy: Policy, origin: number, other: number): ArrivalOutcome[] {
  const allOneSided = policy.d === 'all' ? 0 : 2 ** -policy.d;
  const stays = (probability: number): ArrivalOutcome => ({
    probability,
    migrates: false,
    atOrigin: true,
    length: origin,
  });
  const goes = (probability: number, atOrigin: boolean): ArrivalOutcome => ({
    probability,
    migrates: true,
    atOrigin,
    length: atOrigin ? origin : other,
  });
  const decide = (probability: number, atOrigin: boolean): ArrivalOutcome =>
    origin >= policy.beta(atOrigin ? origin : other) ? goes(probability, atOrigin) : stays(probability);
  const outcomes =
    origin === other
      ? [decide(0.5, true), decide(0.5, false)]
      : [decide(1 - allOneSided, origin < other), decide(allOneSided, origin > other)];
  return outcomes.filter(({ probability }) => probability > 0);
}
