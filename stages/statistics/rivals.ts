import type { BestMember } from '../../src/science/control/families.ts';
import type { Objective } from '../../src/science/control/pairControl.ts';
import { parseRational, toNumber } from '../../src/science/numeric/rational.ts';
import { makePolicy, type PolicySpec } from '../../src/science/policy/policy.ts';

/** One rule beside the optimal one. */
export interface Rival extends Pick<BestMember, 'meanQueue' | 'jobDelay' | 'migrationFraction' | 'C' | 'alpha'> {
  readonly rule: 'optimal' | 'additive' | 'multiplicative' | 'floored';
  /** Null for an optimum whose thresholds are known in part only. */
  readonly spec: PolicySpec | null;
}

export const rivalColumns = {
  rule: 'utf8',
  C: 'int32',
  alpha: 'float64',
  policy: 'utf8',
  meanQueue: 'float64',
  jobDelay: 'float64',
  migrationFraction: 'float64',
  excess: 'float64',
} as const;

export const ruleColumns = { rule: 'utf8', m: 'int32', threshold: 'int32' } as const;

/** The best members that exist, by the name of their family. */
export function named(found: Readonly<Record<Exclude<Rival['rule'], 'optimal'>, BestMember | null>>): Rival[] {
  return (['additive', 'multiplicative', 'floored'] as const).flatMap((rule) => {
    const member = found[rule];
    return member === null ? [] : [{ rule, ...member }];
  });
}

/** Rivals as columns; `excess` is what each costs above the first, in per cent of it. */
export function rivalTable(rivals: readonly Rival[], objective: Objective) {
  return {
    rule: rivals.map(({ rule }) => rule),
    C: rivals.map(({ C }) => C),
    alpha: rivals.map(({ alpha }) => (alpha === null ? null : toNumber(parseRational(alpha)))),
    policy: rivals.map(({ spec }) => (spec === null ? null : JSON.stringify(spec))),
    meanQueue: rivals.map(({ meanQueue }) => meanQueue),
    jobDelay: rivals.map(({ jobDelay }) => jobDelay),
    migrationFraction: rivals.map(({ migrationFraction }) => migrationFraction),
    excess: rivals.map((rival) => 100 * (rival[objective] / rivals[0][objective] - 1)),
  };
}

/** T(m), m = 0 … count − 1, as the longest queue at which an arrival still stays, of the optimum's own thresholds and of its rivals. */
export function thresholdTable(optimal: readonly number[], rivals: readonly Rival[], count: number) {
  const rows = [
    ...optimal.slice(0, count).map((threshold, m) => ({ rule: 'optimal', m, threshold })),
    ...rivals.flatMap(({ rule, spec }) => {
      if (rule === 'optimal' || spec === null) return [];
      const policy = makePolicy(spec);
      return Array.from({ length: count }, (_, m) => ({ rule, m, threshold: policy.beta(m) - 1 }));
    }),
  ];
  return {
    rule: rows.map(({ rule }) => rule),
    m: rows.map(({ m }) => m),
    threshold: rows.map(({ threshold }) => threshold),
  };
}
