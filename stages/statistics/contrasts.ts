import { add, format, parseRational, rational, toNumber } from '../../src/science/numeric/rational.ts';
import { makePolicy, PolicyError, type PolicySpec } from '../../src/science/policy/policy.ts';
import { pairedInterval, tInterval } from '../../src/science/stats/interval.ts';
import { stabilityVerdict } from '../../src/science/stats/stability.ts';
import type { Table } from '../../src/tables/table.ts';

const named = { rule: 'utf8', C: 'int32', alpha: 'float64', policy: 'utf8' } as const;

/** What a replicate gives: a row a policy, in the same order in all. */
export const replicateColumns = {
  ...named,
  jobDelay: 'float64',
  meanQueue: 'float64',
  migrationFraction: 'float64',
  slope: 'float64',
  growth: 'float64',
  level: 'float64',
  criticalGrowth: 'float64',
} as const;

/**
 * `saved` is the job delay that the first policy saves against this one, in mean service times; `gain` the same in per cent of
 * this one's, each with a paired interval over replicates.
 */
export const contrastColumns = {
  ...named,
  stability: 'utf8',
  jobDelay: 'float64',
  lo: 'float64',
  hi: 'float64',
  meanQueue: 'float64',
  migrationFraction: 'float64',
  saved: 'float64',
  savedLo: 'float64',
  savedHi: 'float64',
  gain: 'float64',
  gainLo: 'float64',
  gainHi: 'float64',
  replicates: 'int32',
} as const;

export interface Contestant {
  readonly rule: string;
  readonly spec: PolicySpec;
  readonly C: number | null;
  readonly alpha: number | null;
}

/**
 * The policies of a table, as JSON in its column `policy`, and those beside them. A table's own columns `C` and `alpha` name a rule
 * whose policy has neither. Throws for a text that is no policy.
 */
export function withNearby({ columns, rows }: Table, nearby: readonly number[]): Contestant[] {
  const found: Contestant[] = [];
  const own = (column: string, row: number): number | null => (columns[column]?.[row] as number | undefined) ?? null;
  const enter = (rule: string, spec: PolicySpec, row: number): void => {
    const alpha = spec.alpha === undefined ? own('alpha', row) : toNumber(parseRational(spec.alpha));
    found.push({ rule, spec, C: spec.C ?? own('C', row), alpha });
  };
  for (let row = 0; row < rows; row++) {
    const rule = columns.rule[row] as string;
    const spec = readPolicy(columns.policy[row], rule);
    enter(rule, spec, row);
    for (const by of nearby) {
      const moved = movedBy(spec, by);
      if (moved !== null) enter(rule, moved, row);
    }
  }
  if (found.length === 0) throw new Error('there is no policy to simulate: the input `policies` has no rows');
  return found;
}

function readPolicy(text: unknown, rule: string): PolicySpec {
  try {
    return makePolicy(JSON.parse(String(text))).spec;
  } catch (error) {
    throw new Error(`the policy of the rule ${rule} cannot be read: ${(error as Error).message}`);
  }
}

/** The policy with its C or α moved; null for other kinds, and where there is none. */
function movedBy(spec: PolicySpec, by: number): PolicySpec | null {
  const moved =
    spec.kind === 'abounce'
      ? { ...spec, C: (spec.C as number) + by }
      : spec.kind === 'mbounce'
        ? { ...spec, alpha: shifted(spec.alpha as number | string, by) }
        : null;
  if (moved === null) return null;
  try {
    return makePolicy(moved).spec;
  } catch (error) {
    if (error instanceof PolicyError) return null;
    throw error;
  }
}

function shifted(alpha: number | string, by: number): string {
  return format(add(parseRational(alpha), rational(by)));
}

/** Intervals only where a policy is stable; of a difference only where both are. */
export function combineContrasts(replicates: readonly Table[], confidence: number) {
  const [first] = replicates;
  const of = (column: string, row: number): number[] => replicates.map(({ columns }) => columns[column][row] as number);
  const rows = Array.from({ length: first.rows }, (_, row) => {
    const growths = replicates.map((_, r) => ({
      slope: of('slope', row)[r],
      growth: of('growth', row)[r],
      level: of('level', row)[r],
      criticalGrowth: of('criticalGrowth', row)[r],
    }));
    return { stability: stabilityVerdict(growths, confidence).verdict, delays: of('jobDelay', row) };
  });
  const reference = rows[0];
  const stable = rows.map(({ stability }) => stability === 'stable');
  const bound = (value: number, shown: boolean): number | null => (shown && Number.isFinite(value) ? value : null);
  const absolute = rows.map(({ delays }) => tInterval(delays, confidence));
  const saved = rows.map(({ delays }) => pairedInterval(delays, reference.delays, confidence));
  const gain = rows.map(({ delays }) =>
    tInterval(
      delays.map((delay, r) => 100 * (1 - reference.delays[r] / delay)),
      confidence,
    ),
  );
  const both = stable.map((is) => is && stable[0]);
  return {
    rule: Array.from(first.columns.rule as ArrayLike<string>),
    C: Array.from(first.columns.C as ArrayLike<number | null>),
    alpha: Array.from(first.columns.alpha as ArrayLike<number | null>),
    policy: Array.from(first.columns.policy as ArrayLike<string>),
    stability: rows.map(({ stability }) => stability),
    jobDelay: absolute.map(({ mean }) => mean),
    lo: absolute.map(({ lo }, row) => bound(lo, stable[row])),
    hi: absolute.map(({ hi }, row) => bound(hi, stable[row])),
    meanQueue: rows.map((_, row) => tInterval(of('meanQueue', row), confidence).mean),
    migrationFraction: rows.map((_, row) => tInterval(of('migrationFraction', row), confidence).mean),
    saved: saved.map(({ mean }) => mean),
    savedLo: saved.map(({ lo }, row) => bound(lo, both[row])),
    savedHi: saved.map(({ hi }, row) => bound(hi, both[row])),
    gain: gain.map(({ mean }) => mean),
    gainLo: gain.map(({ lo }, row) => bound(lo, both[row])),
    gainHi: gain.map(({ hi }, row) => bound(hi, both[row])),
    replicates: rows.map(() => replicates.length),
  };
}
