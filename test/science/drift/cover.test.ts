import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cover, makeCover, type Piece } from '../../../src/science/drift/cover.ts';
import { makeDrift } from '../../../src/science/drift/drift.ts';
import { makeTestFunction } from '../../../src/science/drift/function.ts';
import { parseRational } from '../../../src/science/numeric/rational.ts';
import { makePolicy, type Policy, type PolicySpec } from '../../../src/science/policy/policy.ts';

const policies: PolicySpec[] = [
  { kind: 'none' },
  { kind: 'sq', K: 2, comparison: 'weak' },
  { kind: 'abounce', C: 2, K: 2 },
  { kind: 'abounce', C: 7, K: 2, d: 2, comparison: 'weak' },
  { kind: 'mbounce', alpha: 1.1, K: 2 },
  { kind: 'mbounce', alpha: '5/2', K: 2, d: 3, comparison: 'weak' },
  { kind: 'mbounce', alpha: 3, K: 1 },
  { kind: 'table', thresholds: [6, 6, 6, '13/2', 8], K: 2 },
];

/** The pieces whose set contains (m, D), by the definitions in cover.ts. */
function containing(cover: Cover, policy: Policy, m: number, D: number): Piece[] {
  const migrates = m + D >= policy.beta(m);
  return cover.pieces.filter(({ kind, corners: [c] }) => {
    if (kind === 'row') return m === c.m && D >= cover.G;
    if (kind === 'column') return D === c.D && m >= cover.M;
    const smooth = cover.pieces.filter((piece) => piece.kind === 'column').length;
    return m >= cover.M && D >= smooth && migrates === (kind === 'migrating-cone');
  });
}

test('every state outside the corner lies in one piece, whose affine function is its exact drift', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...policies),
      fc.constantFrom('theorem1', 'theorem2-printed', 'theorem2-repaired', 'theorem3', 'total-work'),
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 30 }),
      fc.array(fc.tuple(fc.nat(400), fc.nat(400)), { minLength: 30, maxLength: 30 }),
      (spec, name, M, G, points) => {
        const policy = makePolicy(spec);
        const lambda = parseRational('0.89');
        const V = makeTestFunction({ function: name as 'theorem1', lambda, policy, n: 2, C: 4, alpha: '3/2' });
        const drift = makeDrift(V, lambda, policy, 2);
        const cover = makeCover(V, drift, policy)(M, G)!;
        expect(cover.M).toBeGreaterThanOrEqual(M);
        expect(cover.G).toBeGreaterThanOrEqual(G);
        for (const [m, D] of points) {
          if (m < cover.M && D < cover.G) continue;
          const pieces = containing(cover, policy, m, D);
          expect(pieces).toHaveLength(1);
          const { corners, rays } = pieces[0];
          expect(drift.numerator(Int32Array.of(m + D, m))).toBe(continued(corners[0], rays, m, D));
          expect(drift.numerator(Int32Array.of(m, m + D))).toBe(continued(corners[0], rays, m, D));
          for (const corner of corners) {
            expect(continued(corners[0], rays, corner.m, corner.D)).toBe(corner.value);
          }
        }
      },
    ),
    { numRuns: 120 },
  );
});

/** corner + s·ray₁ + t·ray₂ = (m, D), solved over the rationals; slopes weighted by s and t. */
function continued(corner: Piece['corners'][number], rays: Piece['rays'], m: number, D: number): bigint {
  const [x, y] = [BigInt(m - corner.m), BigInt(D - corner.D)];
  const [r, s] = rays;
  if (!s) return corner.value + r.slope * (r.dm === 0 ? y : x);
  const [a, b, c, d] = [r.dm, r.dD, s.dm, s.dD].map(BigInt);
  const determinant = a * d - b * c;
  const total = (x * d - y * c) * r.slope + (a * y - b * x) * s.slope;
  expect(total % determinant).toBe(0n);
  return corner.value + total / determinant;
}

test('a cover whose regions begin too far out is not built', () => {
  const policy = makePolicy({ kind: 'mbounce', alpha: '1.0000001', K: 2 });
  const lambda = parseRational('1/2');
  const V = makeTestFunction({ function: 'theorem3', lambda, policy, n: 2 });
  expect(makeCover(V, makeDrift(V, lambda, policy, 2), policy)(10, 10)).toBeNull();
});
