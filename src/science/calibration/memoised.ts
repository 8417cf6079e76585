import { makePolicy, type Policy, type PolicySpec } from '../policy/policy.ts';

/** The policy with β looked up once a level: its exact arithmetic would take longer than a short run. */
export function memoised(spec: PolicySpec): Policy {
  const policy = makePolicy(spec);
  const known: number[] = [];
  const beta = (m: number): number => {
    known[m] ??= policy.beta(m);
    return known[m];
  };
  return { ...policy, beta };
}
