import { describe, expect, it } from 'vitest';
import { solveLyapunov } from '../../../src/science/numeric/lyapunov.ts';

describe('solveLyapunov', () => {
  it('satisfies A W + W Aᵀ + Q = 0 for a stable, non-normal A', () => {
    const size = 9;
    const A = Float64Array.from({ length: size * size }, (_, k) => {
      const [i, j] = [Math.floor(k / size), k % size];
      return i === j ? -3 - i : j === i + 1 ? 4 : j === i - 2 ? 0.5 : 0;
    });
    const Q = Float64Array.from({ length: size * size }, (_, k) => 1 / (1 + Math.floor(k / size) + (k % size)));
    const W = solveLyapunov(A, Q, size)!;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        let sum = Q[i * size + j];
        for (let k = 0; k < size; k++) sum += A[i * size + k] * W[k * size + j] + W[i * size + k] * A[j * size + k];
        expect(Math.abs(sum)).toBeLessThan(1e-12);
      }
    }
  });

  it('is Q/(2a) for A = −a', () => {
    expect(solveLyapunov(Float64Array.from([-4]), Float64Array.from([3]), 1)![0]).toBeCloseTo(3 / 8, 14);
  });

  it('has no answer for an unstable A', () => {
    expect(solveLyapunov(Float64Array.from([-1, 0, 0, 2]), Float64Array.from([1, 0, 0, 1]), 2)).toBeNull();
  });
});
