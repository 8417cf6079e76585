import { format, parseRational } from '../numeric/rational.ts';
import { makePolicy, type Policy } from '../policy/policy.ts';

/**
 * Which right-hand side: `policy` (science of the model, conserves arrivals), `corrected` (the paper's print with its
 * index shifted, which is the policy under the weak comparison) or `printed` (equations (1) and (2) to the letter).
 */
export type Equations = 'policy' | 'corrected' | 'printed';

/** A mean-field question that has no answer, with the offending parameter's name. */
export class MeanFieldError extends RangeError {
  override readonly name = 'MeanFieldError';
  readonly parameter: string;

  constructor(parameter: string, message: string) {
    super(message);
    this.parameter = parameter;
  }
}

/**
 * One right-hand side as index tables, rows i = 1 … rows:
 *
 *   ds_i/dt = λ(s_{i−1} − s_i) s_{stay(i)}^d + λ Σ_{m = i−K … i−1, m ≥ 0} (s_m^d − s_{m+1}^d) s_{origin(i,m)} − (s_i − s_{i+1})
 *
 * With stay(i) = θ(i−1) and origin(i,m) = β(m) these are the equations of any policy; the printed ones differ in both.
 */
export interface EquationTables {
  readonly d: number;
  readonly K: number;
  readonly rows: number;
  /** stay[i], 1 ≤ i ≤ rows; entry 0 is unused. */
  readonly stay: Int32Array;
  /** origin[i·K + k] belongs to m = i − K + k; −1 where m < 0 or no length migrates. */
  readonly origin: Int32Array;
  /** Whether no arrival is lost, so that s₁ = λ(1 + (K−1)p_b) at a fixed point: all but `printed`. */
  readonly conserves: boolean;
}

/** A right-hand side that can be tabulated for any number of rows. */
export interface MeanFieldModel {
  readonly d: number;
  readonly K: number;
  readonly conserves: boolean;
  /** The policy whose equations these are: for `corrected` the weak twin of the one given. */
  readonly policy: Policy;
  readonly equations: Equations;
  /** β(m) − m for every large m where the threshold ends up additive; null where it does not (MBOUNCE, no sharing). */
  readonly additiveGap: number | null;
  tables(rows: number): EquationTables;
}

/**
 * Prepares the equations of a policy. Throws {@link MeanFieldError} for d = all, which has no mean field of this form,
 * and where the print is undefined: policies other than ABOUNCE and MBOUNCE, fractional α.
 */
export function meanFieldModel(policy: Policy, equations: Equations = 'policy'): MeanFieldModel {
  if (policy.d === 'all') {
    throw new MeanFieldError('d', 'the mean-field equations need a finite number d of sampled queues, found d = all');
  }
  const used = equations === 'corrected' ? makePolicy({ ...policy.spec, comparison: 'weak' }) : policy;
  const rows = equations === 'printed' ? printedRows(policy) : policyRows(used);
  let cached: EquationTables | null = null;
  return {
    d: policy.d,
    K: policy.K,
    conserves: equations !== 'printed',
    policy: used,
    equations,
    additiveGap: additiveGap(used),
    tables(count) {
      if (cached === null || cached.rows < count) cached = tabulate(rows, policy, count, equations !== 'printed');
      return cached;
    },
  };
}

interface RowFunctions {
  /** Called with i = 1, 2, … in order. */
  stay(i: number): number;
  origin(i: number, m: number): number;
}

function tabulate(makeRows: () => RowFunctions, policy: Policy, rows: number, conserves: boolean): EquationTables {
  const { K } = policy;
  const functions = makeRows();
  const stay = new Int32Array(rows + 1);
  const origin = new Int32Array((rows + 1) * K).fill(-1);
  for (let i = 1; i <= rows; i++) {
    stay[i] = functions.stay(i);
    for (let k = Math.max(0, K - i); k < K; k++) {
      const from = functions.origin(i, i - K + k);
      origin[i * K + k] = Number.isFinite(from) ? from : -1;
    }
  }
  return { d: policy.d as number, K, rows, stay, origin, conserves };
}

function policyRows(policy: Policy): () => RowFunctions {
  // β is nondecreasing, so θ is found by one walk; BigInt thresholds are evaluated once per level.
  const beta: number[] = [];
  const betaAt = (m: number): number => {
    while (beta.length <= m) beta.push(policy.beta(beta.length));
    return beta[m];
  };
  return () => {
    let theta = 0;
    return {
      stay(i) {
        while (betaAt(theta) <= i - 1) theta++;
        return theta;
      },
      origin: (_, m) => betaAt(m),
    };
  };
}

/** The index tables of equations (1) and (2) as they stand in the paper. */
function printedRows(policy: Policy): () => RowFunctions {
  const { spec, K } = policy;
  if (spec.kind === 'abounce') {
    // (2) writes K for the threshold, its C = K case; C stands in the same places for C > K.
    const C = spec.C!;
    return () => ({ stay: (i) => (i <= C ? 0 : i - C + 1), origin: (_, m) => m + C });
  }
  if (spec.kind === 'mbounce') {
    const alpha = integralAlpha(policy);
    return () => ({
      stay: (i) => (i <= K ? 0 : Math.floor(i / alpha) + 1),
      // The guard max(m + K, αm) of the rows i ≤ K is missing from the rows i > K.
      origin: (i, m) => (i <= K ? Math.max(m + K, alpha * m) : alpha * m),
    });
  }
  throw new MeanFieldError('equations', `the paper prints equations for abounce and mbounce only, found ${spec.kind}`);
}

function integralAlpha(policy: Policy): number {
  const alpha = parseRational(policy.spec.alpha!);
  if (alpha.den !== 1n) {
    throw new MeanFieldError('alpha', `equation (1) is printed for integral α, found ${format(alpha)}`);
  }
  return Number(alpha.num);
}

function additiveGap(policy: Policy): number | null {
  const { kind, thresholds } = policy.spec;
  if (kind === 'none' || kind === 'mbounce') return null;
  const last = kind === 'table' ? thresholds!.length - 1 : 0;
  return policy.beta(last) - last;
}
