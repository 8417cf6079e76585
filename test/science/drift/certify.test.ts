import { describe, expect, test } from 'vitest';
import { type CertifyParams, certify, exactDrift } from '../../../src/science/drift/certify.ts';
import { parseRational, rational } from '../../../src/science/numeric/rational.ts';
import type { PolicySpec } from '../../../src/science/policy/policy.ts';

const abounce: PolicySpec = { kind: 'abounce', C: 2, K: 2 };
const weak: PolicySpec = { ...abounce, comparison: 'weak' };
const theorem2 = (which: 'printed' | 'repaired', lambda: CertifyParams['lambda'], policy = abounce, C = 2) =>
  certify({ function: `theorem2-${which}`, lambda, policy, n: 2, box: 40, C });

describe('Theorem 2 as printed', () => {
  // Source: science brief §3: at q₁ = q₂ the drift is −C(1−λ)/(1+λ) at every λ.
  test.each(['1/2', '0.89', '0.9', '0.905', '0.99', '999999/1000000'])(
    'fails condition (I) at λ = %s on the diagonal, with drift −C(1−λ)/(1+λ)',
    (text) => {
      const lambda = parseRational(text);
      const { verdict, conclusion, states, witness, violations } = theorem2('printed', lambda);
      expect({ verdict, conclusion }).toEqual({ verdict: 'refuted', conclusion: 'none' });
      const kink = rational(-2n * (lambda.den - lambda.num), lambda.den + lambda.num);
      for (const m of [1, 2, 17, 39]) expect(exactDrift(states, m * 40 + m)).toEqual(kink);
      expect(witness).not.toBeNull();
      expect(violations).toBeGreaterThanOrEqual(39);
    },
  );

  test('at λ = 0.89, just above the printed λ*, the worst state is (1, 1) with drift −22/189, and the diagonal repeats it', () => {
    const certificate = theorem2('printed', 0.89);
    expect(certificate.worstState).toEqual([1, 1]);
    expect(certificate.worstDrift).toEqual(rational(-22, 189));
    expect(certificate.witness).toMatchObject({ state: [40, 40], direction: [1, 1] });
    expect(certificate.violations).toBe(39);
    expect(certificate.verifiedOnBox).toBe(false);
  });
});

describe('Theorem 2 repaired', () => {
  test.each<[string | number, PolicySpec, number, string]>([
    // λ̃ = 0.901086 for K = C = 2, under either comparison: it is decided by |q₁ − q₂| ≥ C + K.
    [0.89, abounce, 2, 'refuted'],
    [0.9, abounce, 2, 'refuted'],
    [0.905, abounce, 2, 'certified'],
    [0.89, weak, 2, 'refuted'],
    [0.9, weak, 2, 'refuted'],
    [0.905, weak, 2, 'certified'],
    // q ≥ m + 2 is q > m + 1: with C = 1 the function fits the weak comparison, λ̃(2, 1) = 0.860380 < λ* = 0.886618.
    [0.86, weak, 1, 'refuted'],
    [0.8604, weak, 1, 'certified'],
    [0.8867, weak, 1, 'certified'],
    [0.89, weak, 1, 'certified'],
    // The strict system migrates one step later, which that function does not survive.
    [0.89, abounce, 1, 'refuted'],
  ])('λ = %s, %j, V with C = %i: %s', (lambda, policy, C, verdict) => {
    expect(theorem2('repaired', lambda, policy, C).verdict).toBe(verdict);
  });

  test('its drift vanishes for |q₁ − q₂| ≤ C off the axes, and the certificate lists conditions (II) and (III)', () => {
    const { states, worstDrift, jumpBound, conclusion, exceptionalStates, proof } = theorem2('repaired', '0.905');
    for (const [q1, q2] of [
      [1, 1],
      [3, 1],
      [7, 8],
      [39, 37],
    ]) {
      expect(exactDrift(states, q1 * 40 + q2)).toEqual(rational(0));
    }
    expect(worstDrift).toEqual(rational(0));
    expect({ conclusion, exceptionalStates, proof }).toEqual({
      conclusion: 'null-recurrent-or-transient',
      exceptionalStates: [[0, 0]],
      proof: 'affine-pieces',
    });
    // K (1 + (2C + 1)(1−λ)/(1+λ)) with λ = 0.905.
    expect(jumpBound).toEqual(rational(2n * (1905n + 5n * 95n), 1905n));
  });

  test('at λ = 0.9 the worst drift is −1/361 at (5, 1), and infinitely many states repeat it', () => {
    const certificate = theorem2('repaired', 0.9);
    expect(certificate.worstDrift).toEqual(rational(-1, 361));
    expect(certificate.worstState).toEqual([5, 1]);
    const [q1, q2] = certificate.witness!.state;
    expect(q1 - q2).toBeGreaterThan(2);
    expect(rational(certificate.witness!.numerator, certificate.states.denominator)).toEqual(rational(-1, 361));
  });

  test('no λ < 1 certifies instability of MBOUNCE, which Theorem 3 proves stable', () => {
    for (const lambda of ['0.905', '0.99', '0.9999']) {
      expect(theorem2('repaired', lambda, { kind: 'mbounce', alpha: 1.5, K: 2 }).verdict).toBe('refuted');
    }
  });

  test('a policy whose regions begin too far out stays undecided', () => {
    const policy: PolicySpec = { kind: 'mbounce', alpha: '1.000001', K: 2 };
    expect(theorem2('repaired', '0.95', policy)).toMatchObject({ verdict: 'undecided', proof: 'box-only', pieces: [] });
  });
});

describe('Theorem 3', () => {
  const certifyAlpha = (alpha: number | string, more: Partial<CertifyParams> = {}) =>
    certify({ function: 'theorem3', lambda: 0.9, policy: { kind: 'mbounce', alpha, K: 2 }, n: 2, box: 20, ...more });

  // States with ΔV ≥ 0 of all of Z_+^2, computed by the certificate; the next test recounts them in a larger box.
  test.each([
    [1.1, 1113],
    [1.5, 355],
    [2, 266],
    [3, 215],
    [4, 205],
    [6, 188],
  ])('α = %s, λ = 0.9: certified, %i exceptional states', (alpha, size) => {
    expect(certifyAlpha(alpha)).toMatchObject({
      verdict: 'certified',
      conclusion: 'positive-recurrent',
      proof: 'affine-pieces',
      exceptionalSetSize: size,
      exceptionalSetComplete: true,
      verifiedOnBox: true,
      violations: 0,
    });
  });

  test('the exceptional set does not depend on the box: every state with ΔV ≥ 0 of a large box is in it', () => {
    const small = certifyAlpha(2, { box: 3 });
    const large = certifyAlpha(2, { box: 120 });
    expect(large.exceptionalSetSize).toBe(small.exceptionalSetSize);
    expect(large.states.violates.reduce((sum, flag) => sum + flag, 0)).toBe(small.exceptionalSetSize);
    const ordered = (states: readonly (readonly number[])[]) => states.map(String).sort();
    expect(ordered(large.exceptionalStates)).toEqual(ordered(small.exceptionalStates));
  });

  test('outside the exceptional set the drift is at most −epsilon', () => {
    const { states, epsilon } = certifyAlpha('3/2', { box: 60 });
    const limit = Number(-epsilon!.num) / Number(epsilon!.den);
    for (let row = 0; row < states.drift.length; row++) {
      if (!states.violates[row]) expect(states.drift[row]).toBeLessThanOrEqual(limit);
    }
  });

  test.each<[number, PolicySpec]>([
    [3, { kind: 'mbounce', alpha: 2, K: 2 }],
    [3, { kind: 'mbounce', alpha: 1.5, K: 3, d: 2, comparison: 'weak' }],
    [4, { kind: 'mbounce', alpha: 1.5, K: 2, d: 1 }],
    [2, { kind: 'mbounce', alpha: 1.5, K: 2, d: 1 }],
  ])('n = %i, %j: certified, the bound of the proof holding in every state examined', (n, policy) => {
    const certificate = certify({ function: 'theorem3', lambda: '1/2', policy, n, box: 8 });
    expect(certificate).toMatchObject({ verdict: 'certified', exceptionalSetComplete: true, bound: { holds: true } });
    expect(certificate.proof).toBe(n === 2 ? 'affine-pieces' : 'quadratic-bound');
  });

  test('for n = 2 the two proofs agree: every exceptional state lies where the bound allows it', () => {
    const { bound, exceptionalStates } = certifyAlpha(1.5);
    const last = Number(bound!.intercept.num * bound!.slope.den) / Number(bound!.intercept.den * bound!.slope.num);
    for (const [q1, q2] of exceptionalStates) expect(q1 + q2).toBeLessThanOrEqual(last);
  });

  test('α = 1.0001 is certified, with its exceptional set counted in the box only', () => {
    expect(certifyAlpha('1.0001')).toMatchObject({ verdict: 'certified', exceptionalSetComplete: false });
  });

  test('α so close to 1 that its regions lie too far out is certified by the bound', () => {
    expect(certifyAlpha('1.000001')).toMatchObject({ verdict: 'certified', proof: 'quadratic-bound' });
  });

  test('an exceptional set too large to enumerate is counted in the box only, and the verdict stands', () => {
    const policy: PolicySpec = { kind: 'mbounce', alpha: 1.1, K: 3 };
    const certificate = certify({ function: 'theorem3', lambda: 0.9, policy, n: 4, box: 5 });
    expect(certificate).toMatchObject({ verdict: 'certified', exceptionalSetComplete: false });
    expect(certificate.exceptionalSetSize).toBe(certificate.states.violates.filter((flag) => flag === 1).length);
  });

  test('at λ = 1 the function is refuted', () => {
    expect(certifyAlpha(2, { lambda: 1 })).toMatchObject({ verdict: 'refuted', conclusion: 'none' });
  });

  test('for three queues under additive thresholds nothing is known outside the box: undecided', () => {
    const certificate = certify({ function: 'theorem3', lambda: '1/2', policy: abounce, n: 3, box: 6, alpha: 2 });
    expect(certificate).toMatchObject({ verdict: 'undecided', proof: 'box-only', bound: null, verifiedOnBox: null });
  });
});

describe('Theorem 1', () => {
  const squares = (lambda: string | number, n = 2, policy = abounce) =>
    certify({ function: 'theorem1', lambda, policy, n, box: 12 });

  test.each<[string | number, number, PolicySpec]>([
    [0.49, 2, abounce],
    [0.45, 3, { ...abounce, d: 2 }],
    [0.25, 4, { kind: 'abounce', C: 3, K: 3, d: 1, comparison: 'weak' }],
  ])('λ = %s < 1/K, n = %i, %j: Σq² certifies positive recurrence', (lambda, n, policy) => {
    expect(squares(lambda, n, policy)).toMatchObject({
      verdict: 'certified',
      conclusion: 'positive-recurrent',
      exceptionalSetComplete: true,
      bound: { holds: true },
    });
  });

  test('for n = 2 it reaches λ = 2/(K+1) itself, past 1/K, and no farther', () => {
    expect(squares('2/3').verdict).toBe('certified');
    // Under the weak comparison the drift on q₁ − q₂ = 2 is level there, and not negative.
    expect(squares('2/3', 2, weak).verdict).toBe('refuted');
    expect(squares('0.666666', 2, weak).verdict).toBe('certified');
    expect(squares('666667/1000000').verdict).toBe('refuted');
  });

  test('total work alone certifies λ < 1/(K+1) only: on the axis one server works and two arrival streams fill', () => {
    const work = (lambda: string) => certify({ function: 'total-work', lambda, policy: abounce, n: 2, box: 12 });
    expect(work('0.333')).toMatchObject({ verdict: 'certified', exceptionalSetSize: 1 });
    expect(work('0.334')).toMatchObject({ verdict: 'refuted' });
    expect(work('1/3').witness).toMatchObject({ direction: [1, 0] });
  });
});

describe('the listed states', () => {
  test('cover the box row by row, symmetric, with exact and nearest drifts', () => {
    const { states } = certify({
      function: 'theorem3',
      lambda: 0.75,
      policy: { kind: 'mbounce', alpha: 2, K: 2 },
      n: 3,
      box: 4,
    });
    expect(states.q.map((column) => column.length)).toEqual([64, 64, 64]);
    const row = (a: number, b: number, c: number) => 16 * a + 4 * b + c;
    expect(states.q.map((column) => column[row(1, 3, 2)])).toEqual([1, 3, 2]);
    for (const twin of [row(1, 2, 3), row(3, 2, 1), row(2, 3, 1)]) {
      expect(states.numerator[twin]).toBe(states.numerator[row(1, 3, 2)]);
    }
    const exact = exactDrift(states, row(1, 3, 2));
    expect(states.drift[row(1, 3, 2)]).toBeCloseTo(Number(exact.num) / Number(exact.den), 14);
  });

  test('stay finite where n^d passes the largest double', () => {
    const { states, verdict } = certify({
      function: 'theorem2-repaired',
      lambda: 0.905,
      policy: { ...abounce, d: 1100 },
      n: 2,
      box: 4,
    });
    expect(verdict).toBe('certified');
    expect(states.drift.every(Number.isFinite)).toBe(true);
  });

  test('a 200 × 200 box takes no more than seconds of processor time', () => {
    const start = process.cpuUsage();
    const { states, verdict } = certify({
      function: 'theorem2-repaired',
      lambda: 0.905,
      policy: abounce,
      n: 2,
      box: 200,
    });
    expect(process.cpuUsage(start).user).toBeLessThan(5e6);
    expect(verdict).toBe('certified');
    expect(states.drift).toHaveLength(40_000);
  });
});

describe('parameters without meaning', () => {
  const base: CertifyParams = {
    function: 'theorem3',
    lambda: 0.5,
    policy: { kind: 'mbounce', alpha: 2, K: 2 },
    n: 2,
    box: 10,
  };
  test.each<[Partial<CertifyParams>, string, string]>([
    [{ n: 1 }, 'n', 'n must be an integer ≥ 2, found 1'],
    [{ box: 1 }, 'box', 'box must be an integer ≥ 2 with box^n ≤ 1000000, found 1 with n = 2'],
    [{ box: 1001 }, 'box', 'box must be an integer ≥ 2 with box^n ≤ 1000000, found 1001 with n = 2'],
    [{ lambda: 0 }, 'lambda', 'lambda must be positive, found 0'],
    [{ lambda: 'x' }, 'lambda', 'lambda: expected a decimal such as 1.1 or a fraction such as 11/10, found "x"'],
  ])('%j', (change, parameter, message) => {
    let caught: unknown;
    try {
      certify({ ...base, ...change });
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ name: 'DriftError', parameter, message });
  });
});
