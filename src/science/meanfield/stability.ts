import { eigenvalues } from '../numeric/eigenvalues.ts';
import type { Policy } from '../policy/policy.ts';
import { type Equations, meanFieldModel } from './equations.ts';
import { arrivalRate, fixedPoint, type NoFixedPoint } from './fixedPoint.ts';
import { addJacobian } from './jacobian.ts';

export interface StabilityOptions {
  readonly lambda: number | string;
  readonly policy: Policy;
  readonly equations?: Equations;
  /** Levels of the Jacobian; by default as many as the tail needs to fall below 1e−18, and no fewer than 24. */
  readonly truncation?: number;
}

/** How the linearised mean field behaves around its fixed point. */
export interface Stability {
  /** `attracting`, `repelling`, or `undecided` where rounding could turn the sign of the leading eigenvalue. */
  readonly status: 'attracting' | 'repelling' | 'undecided';
  /** The eigenvalue of the largest real part, of the conjugates the one above the axis; per mean service time. */
  readonly leading: { readonly re: number; readonly im: number };
  /** 1/|Re| of it, in mean service times: a small deviation falls by the factor e in that time in the end. */
  readonly relaxationTime: number;
  /** The eigenvalues of the truncated Jacobian, by decreasing real part. */
  readonly spectrum: { readonly re: Float64Array; readonly im: Float64Array };
  readonly truncation: number;
  /**
   * Change of Re of the leading eigenvalue against half as many levels more. Without sharing the spectrum of the infinite
   * system is continuous and the truncated gap falls to it like 1/B² only.
   */
  readonly truncationChange: number;
}

const FEWEST_LEVELS = 24;
/** A dense QR iteration takes about 10 B³ operations: some seconds here. */
const MOST_LEVELS = 600;

/**
 * Linear stability of the fixed point from the spectrum of the analytic Jacobian. A missing fixed point is passed on with its
 * status, as is a truncation beyond what is affordable.
 */
export function stability({
  lambda,
  policy,
  equations = 'policy',
  truncation,
}: StabilityOptions): Stability | NoFixedPoint {
  const point = fixedPoint({ lambda, policy, equations });
  if (point.status !== 'converged') return point;
  const rate = arrivalRate(lambda);
  const model = meanFieldModel(policy, equations);
  const levels = Math.max(truncation ?? FEWEST_LEVELS, truncation === undefined ? point.truncation : 2);
  const more = Math.ceil(1.5 * levels);
  const { residual, iterations } = point;
  if (more > MOST_LEVELS) {
    const reason = `a spectrum over ${more} levels is beyond the ${MOST_LEVELS} that are affordable`;
    return { status: 'undecided', reason, residual, truncation: levels, iterations };
  }
  const spectrumAt = (B: number) => {
    const tables = model.tables(B + model.K);
    const s = Float64Array.from({ length: B + 1 }, (_, i) => Math.exp(point.logTails[i] ?? Number.NEGATIVE_INFINITY));
    const J = new Float64Array(B * B);
    const system = {
      add(row: number, column: number, value: number): void {
        J[row * B + column] += value;
      },
    };
    addJacobian(system, tables, rate, s, 1);
    return eigenvalues(J, B);
  };
  const spectrum = spectrumAt(levels);
  const larger = spectrumAt(more);
  if (spectrum === null || larger === null) {
    return { status: 'diverged', reason: 'the QR iteration did not settle', residual, truncation: levels, iterations };
  }
  const leading = { re: spectrum.re[0], im: spectrum.im[0] };
  // Far above the backward error of the balanced QR iteration.
  const noise = 1e-10;
  return {
    status: leading.re < -noise ? 'attracting' : leading.re > noise ? 'repelling' : 'undecided',
    leading,
    relaxationTime: 1 / Math.abs(leading.re),
    spectrum,
    truncation: levels,
    truncationChange: Math.abs(larger.re[0] - leading.re),
  };
}
