import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { certifyFunction } from '../../../src/science/drift/certify.ts';
import { piecewiseLinear, valuesOf } from '../../../src/science/drift/piecewiseLinear.ts';
import { driftProgramme, marginOf, provedRates, solveProgramme } from '../../../src/science/drift/programme.ts';
import { type SearchParams, searchCertificate } from '../../../src/science/drift/search.ts';
import {
  add,
  compare,
  format,
  neg,
  parseRational,
  rational,
  sub,
  toNumber,
} from '../../../src/science/numeric/rational.ts';
import { makePolicy, type PolicySpec } from '../../../src/science/policy/policy.ts';
import { straightDrift, valueAt } from './straightDrift.ts';

const abounce: PolicySpec = { kind: 'abounce', C: 2, K: 2 };
const search = (lambda: SearchParams['lambda'], side: 'stable' | 'unstable', breakpoints: number, policy = abounce) =>
  searchCertificate({ lambda, side, breakpoints, policy });

describe('between λ* = 0.8866 and λ_c = 0.8941, where Theorem 2 denies positive recurrence', () => {
  test('seven slopes over 35 prove it at λ = 0.887, off eight states of either axis', () => {
    const { status, found } = search('0.887', 'stable', 7);
    expect(status).toBe('certified-stable');
    expect(found!.slopes.map(format)).toEqual(['2/35', '6/35', '2/7', '9/35', '2/7', '11/35', '16/35']);
    expect(found!.certificate).toMatchObject({
      verdict: 'certified',
      condition: 'drift-bound',
      conclusion: 'positive-recurrent',
      proof: 'affine-pieces',
      exceptionalSetSize: 15,
      exceptionalSetComplete: true,
    });
    expect(found!.certificate.exceptionalStates).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((m) => [m, 0]));
  });

  test.each(['0.887', '0.89', '0.893', '0.894'])('twelve breakpoints prove it at λ = %s', (lambda) => {
    expect(search(lambda, 'stable', 12).status).toBe('certified-stable');
    expect(search(lambda, 'unstable', 12)).toMatchObject({ status: 'none-exists', found: null });
  });
});

describe('between λ_c and λ̃ = 0.9011, where the repaired function proves nothing', () => {
  test.each(['0.8942', '0.897', '0.9'])('twelve breakpoints prove transience at λ = %s', (lambda) => {
    const { status, found } = search(lambda, 'unstable', 12);
    expect(status).toBe('certified-unstable');
    expect(found!.certificate).toMatchObject({ conclusion: 'transient', exceptionalSetSize: 0 });
    expect(search(lambda, 'stable', 12).status).toBe('none-exists');
  });
});

const POLICIES: readonly PolicySpec[] = [
  abounce,
  { ...abounce, comparison: 'weak' },
  { ...abounce, d: 2 },
  { kind: 'abounce', C: 4, K: 3, d: 1 },
  { kind: 'sq', K: 1 },
  { kind: 'sq', K: 3, d: 2 },
  { kind: 'none' },
  { kind: 'mbounce', alpha: 2, K: 2 },
  { kind: 'mbounce', alpha: '3/2', K: 2, d: 3 },
  { kind: 'table', thresholds: [0, 3, 3], K: 2 },
  { kind: 'table', thresholds: [0], K: 2, comparison: 'weak' },
];

test.each(POLICIES.map((policy) => [makePolicy(policy).label, policy] as const))(
  '%s %o: what is certified holds in every state of a box, by another computation of the drift',
  (_, spec) => {
    const policy = makePolicy(spec);
    for (const [text, side] of [
      ['1/4', 'stable'],
      ['3/5', 'stable'],
      ['0.99', 'unstable'],
      ['5/4', 'unstable'],
    ] as const) {
      const lambda = parseRational(text);
      const { status, best, found } = search(text, side, 5, spec);
      expect(status === 'none-exists').toBe(best.num <= 0n);
      if (found === null) continue;
      const { slopes, margin, certificate } = found;
      expect(margin.num > 0n && compare(margin, best) <= 0).toBe(true);
      const exceptions = new Set(certificate.exceptionalStates.map(String));
      const { M, G } = certificate.corner!;
      for (let q1 = 0; q1 < 26; q1++) {
        for (let q2 = 0; q2 <= q1; q2++) {
          const drift = straightDrift(slopes, policy, lambda, [q1, q2]);
          const good = side === 'stable' ? neg(drift) : drift;
          expect([text, q1, q2, good.num <= 0n]).toEqual([text, q1, q2, exceptions.has(`${q1},${q2}`)]);
          // Outside the corner of the cover the drift is at least the margin.
          if (q2 >= M || q1 - q2 >= G) expect(compare(good, margin) >= 0).toBe(true);
        }
      }
      if (side === 'stable') {
        // V is bounded below: it does not fall along the axis, nor along the diagonal.
        expect(compare(valueAt(slopes, 41, 0), valueAt(slopes, 40, 0)) >= 0).toBe(true);
      }
    }
  },
  20_000,
);

describe('the programme', () => {
  const policy = makePolicy(abounce);
  const programme = driftProgramme(policy, 4);

  test('has an optimum that no other slopes exceed', () => {
    for (const [lambda, side] of [
      [rational(1, 2), 'stable'],
      [rational(22, 25), 'stable'],
      [rational(9, 10), 'unstable'],
    ] as const) {
      const best = solveProgramme(programme, lambda, side);
      expect(marginOf(programme, best, lambda, side)).toEqual(best.margin);
      const numerators = fc.array(fc.bigInt({ min: -300n, max: 300n }), { minLength: 4, maxLength: 4 });
      fc.assert(
        fc.property(numerators, (slopes) => {
          const other = marginOf(programme, { numerators: slopes, denominator: 100n }, lambda, side);
          expect(compare(other, best.margin)).toBeLessThanOrEqual(0);
        }),
      );
    }
  });

  test('knows at which other rates the same slopes hold: a certificate there says so, and one outside does not', () => {
    const denominator = 54n;
    const slopes = { numerators: [3n, 9n, 15n, 13n], denominator };
    const { above, below } = provedRates(programme, slopes, 'unstable')!;
    expect(below).toBeNull();
    const V = { slopes: slopes.numerators.map((s) => rational(s, denominator)) };
    const tiny = rational(1, 10n ** 9n);
    for (const [lambda, verdict] of [
      [add(above, tiny), true],
      [above, false],
      [sub(above, tiny), false],
      [rational(99, 100), true],
      [rational(7), true],
    ] as const) {
      const states = [
        [1, 1],
        [4, 1],
        [9, 3],
        [6, 6],
        [30, 1],
        [30, 0],
      ];
      const drifts = states.map((q) => straightDrift(V.slopes, policy, lambda, q));
      const margin = marginOf(programme, slopes, lambda, 'unstable');
      expect([format(lambda), margin.num > 0n]).toEqual([format(lambda), verdict]);
      const certificate = certifyFunction(piecewiseLinear(V, 'unstable', policy), { lambda, policy, n: 2, box: 8 });
      expect(certificate.verdict).toBe(verdict ? 'certified' : 'refuted');
      expect(certificate.conclusion).toBe(verdict ? 'transient' : 'none');
      if (verdict) expect(drifts.every(({ num }) => num > 0n)).toBe(true);
    }
    // At the end itself the worst drift is exactly 0.
    expect(marginOf(programme, slopes, above, 'unstable')).toEqual(rational(0));
  });

  test('holds for no rate where the slopes prove nothing at any', () => {
    expect(provedRates(programme, { numerators: [0n, 0n, 0n, -5n], denominator: 1n }, 'stable')).toBeNull();
  });
});

test('the limit of many breakpoints is the drift of the induced chain, and the slopes solve its Poisson equation', () => {
  // Far from the axes D is a chain of its own under C = K = 2: from D up 1 at rate 1 + λ[D ≤ 2] (D ≥ 1), down 1 at rate
  // 1 + λ, down 2 at rate λ[D > 2], and from 0 up 1 at rate 2 + 2λ. Its flow up from D to D + 1 balances the flow down.
  const lambda = 0.85;
  const up = (D: number): number => (D === 0 ? 2 + 2 * lambda : 1 + (D <= 2 ? lambda : 0));
  const far = 60;
  const pi = new Array<number>(far + 2).fill(0);
  // Solve the cuts downwards from a far level, where the law is negligible: π(D) up(D) = (1+λ)π(D+1) + λ(π(D+1)[D+1>2] + π(D+2)[D+2>2]).
  pi[far] = 1;
  for (let D = far - 1; D >= 0; D--) {
    const jump = (from: number): number => (from > 2 ? lambda : 0);
    pi[D] = ((1 + lambda + jump(D + 1)) * pi[D + 1] + jump(D + 2) * pi[D + 2]) / up(D);
  }
  const total = pi.reduce((a, b) => a + b);
  const migrating = pi.slice(3).reduce((a, b) => a + b) / total; // P(D > C); half of all arrivals are at the longer queue
  const drift = (lambda * (2 + migrating) - 2) / (2 * (1 + lambda));
  const { margin, numerators, denominator } = solveProgramme(
    driftProgramme(makePolicy(abounce), 30),
    rational(17, 20),
    'stable',
  );
  expect(toNumber(margin)).toBeCloseTo(-drift, 12);
  // Poisson: up(D) s(D) − (1 + λ) s(D−1) − λ[D>2](s(D−1) + s(D−2)) + λ(2 + [D>2]) − 2 = −2(1 + λ)ε for s(D) = f(D+1) − f(D).
  const s = numerators.map((numerator) => toNumber(rational(numerator, denominator)));
  for (let D = 0; D < 12; D++) {
    const down = D === 0 ? 0 : (1 + lambda) * s[D - 1] + (D > 2 ? lambda * (s[D - 1] + s[D - 2]) : 0);
    const far = up(D) * s[D] - down + lambda * (2 + (D > 2 ? 1 : 0)) - 2;
    expect(far / (2 * (1 + lambda))).toBeCloseTo(drift, 8);
  }
});

describe('V = S + f(D)', () => {
  const policy = makePolicy(abounce);
  const f = { slopes: ['1/2', '0', '-3/4'].map((text) => parseRational(text)) };

  test('is built from its slopes', () => {
    const V = piecewiseLinear(f, 'stable', policy);
    expect(valuesOf(f).map(format)).toEqual(['0', '1/2', '1/2', '-1/4']);
    for (const [q1, q2] of [
      [0, 0],
      [3, 2],
      [2, 7],
      [9, 0],
    ]) {
      const value = V.features.reduce(
        (sum, feature, k) =>
          add(sum, rational(BigInt(feature(Int32Array.of(q1, q2))) * V.coefficients[k].num, V.coefficients[k].den)),
        rational(0),
      );
      expect(value).toEqual(valueAt(f.slopes, q1, q2));
    }
    // K (1 + max |slope|)
    expect(V.jumpBound).toEqual(rational(7, 2));
  });

  test('must not fall without bound where it is to prove stability', () => {
    const steep = { slopes: [parseRational('-11/10')] };
    expect(() => piecewiseLinear(steep, 'stable', policy)).toThrow(
      expect.objectContaining({ name: 'DriftError', parameter: 'slopes', message: expect.stringContaining('−1') }),
    );
    expect(piecewiseLinear(steep, 'unstable', policy).condition).toBe('drift-positive');
    expect(() => piecewiseLinear({ slopes: [] }, 'stable', policy)).toThrow('at least one slope');
  });
});

describe('questions that cannot be asked', () => {
  const right = { lambda: 0.5, policy: abounce, breakpoints: 3, side: 'stable' } as const;
  test.each([
    [{ lambda: 0 }, 'lambda', 'lambda must be positive, found 0'],
    [{ lambda: 'half' }, 'lambda', 'expected a decimal'],
    [{ lambda: Number.NaN }, 'lambda', 'expected a decimal'],
    [{ breakpoints: 0 }, 'breakpoints', 'breakpoints must be an integer from 1 to 64, found 0'],
    [{ breakpoints: 2.5 }, 'breakpoints', 'found 2.5'],
    [{ breakpoints: 65 }, 'breakpoints', 'found 65'],
    [{ side: 'both' as never }, 'side', 'side must be "stable" or "unstable", found "both"'],
    [{ box: 1 }, 'box', 'box must be an integer ≥ 2'],
    [{ policy: { kind: 'mbounce', alpha: '1000001/1000000', K: 2 } as PolicySpec }, 'policy', 'α is too close to 1'],
    [{ policy: { kind: 'abounce', C: 5000, K: 2 } as PolicySpec }, 'policy', 'its thresholds or K are too large'],
    [{ policy: { kind: 'abounce', C: 1, K: 2 } as PolicySpec }, 'C', 'C ≥ K'],
  ])('%o', (wrong, parameter, message) => {
    expect(() => searchCertificate({ ...right, ...wrong })).toThrow(
      expect.objectContaining({ parameter, message: expect.stringContaining(message) }),
    );
  });
});
