import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeDrift } from '../../../src/science/drift/drift.ts';
import { makeTestFunction, type TestFunctionName } from '../../../src/science/drift/function.ts';
import { add, mul, parseRational, type Rational, rational, sub } from '../../../src/science/numeric/rational.ts';
import { makePolicy, type PolicySpec } from '../../../src/science/policy/policy.ts';

/** V as the paper writes it, in rationals throughout. */
function value(name: TestFunctionName, lambda: Rational, C: number, alpha: Rational, q: readonly number[]): Rational {
  const total = rational(q.reduce((a, b) => a + b, 0));
  const squares = rational(q.reduce((a, b) => a + b * b, 0));
  const ratio = rational(lambda.den - lambda.num, lambda.den + lambda.num);
  const D = q[0] - q[1];
  let kinks = 0;
  switch (name) {
    case 'total-work':
      return total;
    case 'theorem1':
      return squares;
    case 'theorem2-printed':
      for (let l = 0; l <= C; l++) kinks += Math.abs(Math.abs(D) - l);
      return add(total, mul(ratio, rational(kinks)));
    case 'theorem2-repaired':
      for (let l = -C; l <= C; l++) kinks += Math.abs(D - l);
      return add(total, mul(ratio, rational(kinks)));
    case 'theorem3': {
      let pairs = 0;
      for (let i = 0; i < q.length; i++) for (let j = i + 1; j < q.length; j++) pairs += (q[i] - q[j]) ** 2;
      return add(squares, rational(BigInt(pairs) * alpha.den, alpha.num - alpha.den));
    }
  }
}

/** The embedded chain by brute force: every origin, every ordered sample of d queues, every departure. */
function bruteForce(V: (q: readonly number[]) => Rational, lambda: Rational, spec: PolicySpec, q: number[]): Rational {
  const n = q.length;
  const policy = makePolicy(spec);
  const before = V(q);
  const changed = (i: number, by: number): Rational => {
    const next = [...q];
    next[i] += by;
    return sub(V(next), before);
  };
  const samples: number[][] = [];
  if (policy.d === 'all') samples.push(q.map((_, i) => i));
  else {
    for (let code = 0; code < n ** policy.d; code++) {
      samples.push(Array.from({ length: policy.d }, (_, k) => Math.floor(code / n ** k) % n));
    }
  }
  let arrivals = rational(0);
  let departures = rational(0);
  for (let i = 0; i < n; i++) {
    for (const sample of samples) {
      const target = sample.reduce((best, j) => (q[j] < q[best] ? j : best));
      const t = policy.threshold(q[target]);
      const left = t === null ? 0n : BigInt(q[i]) * t.den;
      const migrates = t !== null && (spec.comparison === 'weak' ? left >= t.num : left > t.num);
      arrivals = add(arrivals, migrates ? changed(target, policy.K) : changed(i, 1));
    }
    if (q[i] > 0) departures = add(departures, changed(i, -1));
  }
  const perArrival = mul(arrivals, rational(lambda.num, lambda.den * BigInt(samples.length)));
  const rate = mul(rational(n), rational(lambda.num + lambda.den, lambda.den));
  return mul(add(perArrival, departures), rational(rate.den, rate.num));
}

const policies: PolicySpec[] = [
  { kind: 'none' },
  { kind: 'sq', K: 1, d: 2 },
  { kind: 'abounce', C: 2, K: 2 },
  { kind: 'abounce', C: 3, K: 2, d: 3, comparison: 'weak' },
  { kind: 'mbounce', alpha: '3/2', K: 2 },
  { kind: 'mbounce', alpha: 1.1, K: 3, d: 2, comparison: 'weak' },
  { kind: 'table', thresholds: [1, 4, '9/2'], K: 2, d: 2 },
];
const names: TestFunctionName[] = ['theorem1', 'theorem2-printed', 'theorem2-repaired', 'theorem3', 'total-work'];

describe('the exact drift', () => {
  test('is E[V(q(1))] − V(q) by enumeration of all events, any V, policy, d and n', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.constantFrom(...policies),
        fc.constantFrom('1/2', '0.89', '3/4', '0.901'),
        fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 2, maxLength: 4 }),
        (name, spec, text, lengths) => {
          const q = name.startsWith('theorem2') ? lengths.slice(0, 2) : lengths;
          const lambda = parseRational(text);
          const alpha = parseRational('7/4');
          const V = makeTestFunction({
            function: name,
            lambda,
            policy: makePolicy(spec),
            n: q.length,
            C: 3,
            alpha: '7/4',
          });
          const drift = makeDrift(V, lambda, makePolicy(spec), q.length);
          const expected = bruteForce((state) => value(name, lambda, 3, alpha, state), lambda, spec, q);
          expect(drift.at(q)).toEqual(expected);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('handles d so large that n^d passes 2^53', () => {
    const policy = makePolicy({ kind: 'abounce', C: 2, K: 2, d: 60 });
    const lambda = parseRational('1/2');
    const V = makeTestFunction({ function: 'total-work', lambda, policy, n: 2 });
    // From (5, 1): λ(2 + (1 − 2^−60)) − 2, over 2(1 + λ).
    const expected = rational(3n * 2n ** 60n - 1n - 4n * 2n ** 60n, 6n * 2n ** 60n);
    expect(makeDrift(V, lambda, policy, 2).at([5, 1])).toEqual(expected);
  });
});

describe('test functions refuse what they are not defined for', () => {
  const policy = makePolicy({ kind: 'none' });
  const base = { lambda: parseRational('0.9'), policy, n: 2 };
  test.each([
    [
      { ...base, function: 'theorem2-printed' as const, n: 3, C: 2 },
      'n',
      'the function of Theorem 2 is defined for n = 2, found n = 3',
    ],
    [
      { ...base, function: 'theorem2-printed' as const },
      'C',
      'the function of Theorem 2 needs an integer C ≥ 0 (the policy has none), found undefined',
    ],
    [
      { ...base, function: 'theorem2-repaired' as const, C: 2, lambda: rational(1) },
      'lambda',
      'the function of Theorem 2 needs λ < 1, found 1',
    ],
    [
      { ...base, function: 'theorem3' as const },
      'alpha',
      'the function of Theorem 3 needs alpha > 1 (the policy has none)',
    ],
    [
      { ...base, function: 'theorem3' as const, alpha: '1/2' },
      'alpha',
      'the function of Theorem 3 needs alpha > 1, found 1/2',
    ],
    [
      { ...base, function: 'v' as 'theorem3' },
      'function',
      'unknown test function "v": expected theorem1, theorem2-printed, theorem2-repaired, theorem3 or total-work',
    ],
  ])('case %#', (spec, parameter, message) => {
    let caught: unknown;
    try {
      makeTestFunction(spec);
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ name: 'DriftError', parameter, message });
  });
});
