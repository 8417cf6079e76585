import { describe, expect, it } from 'vitest';
import { type SimulateOptions, simulate } from '../../../src/science/sim/simulate.ts';
import { SimulationError } from '../../../src/science/sim/simulationError.ts';

const good: SimulateOptions = {
  n: 10,
  lambda: 0.75,
  policy: { kind: 'abounce', C: 2, K: 2, d: 10 },
  events: 1000,
  seed: '00'.repeat(32),
};

describe('bad options', () => {
  it.each<[Partial<Record<keyof SimulateOptions, unknown>>, string]>([
    [{ n: 0 }, 'n must be an integer from 1 to 1000000000, found 0'],
    [{ n: 2.5 }, 'n must be an integer from 1 to 1000000000, found 2.5'],
    [{ lambda: 0 }, 'lambda must be positive, found 0'],
    [{ lambda: '-1/2' }, 'lambda must be positive, found -1/2'],
    [{ lambda: Number.NaN }, 'lambda: expected a decimal such as 1.1 or a fraction such as 11/10, found "NaN"'],
    [{ lambda: Number.POSITIVE_INFINITY }, 'lambda: expected a decimal'],
    [{ lambda: `0.${'7'.repeat(40)}` }, 'has too many digits for an exact draw among n = 10 queues'],
    [{ events: 0 }, 'events must be a positive integer up to 2^53 − 1, found 0'],
    [{ n: 1e9, events: 1e10 }, 'n times events must be below 2^63'],
    [{ events: 1.5 }, 'events must be a positive integer up to 2^53 − 1, found 1.5'],
    [{ events: 2 ** 53 }, 'events must be a positive integer'],
    [{ warmup: -1 }, 'warmup must be "auto" or a nonnegative integer, found -1'],
    [{ warmup: 1000 }, 'warmup must be below events = 1000, found 1000'],
    [{ start: 'full' }, 'start must be "empty" or "mean-field", found "full"'],
    [{ start: 'mean-field' }, 'start: mean-field needs profile, the tails s_0, s_1, …'],
    [
      { start: 'mean-field', profile: [1, 0.5, 0.6] },
      'profile must not increase and stay within [0, 1], found s_2 = 0.6',
    ],
    [{ start: 'mean-field', profile: [1, Number.NaN] }, 'found s_1 = NaN after 1'],
    [{ seed: 'x' }, 'a seed is 64 hexadecimal digits (32 bytes), found "x"'],
    [{ path: { points: 1 } }, 'path.points must be an integer from 2 to 1000000, found 1'],
  ])('%j: one clear error', (bad, message) => {
    const attempt = () => simulate({ ...good, ...bad } as SimulateOptions);
    expect(attempt).toThrow(SimulationError);
    expect(attempt).toThrow(message);
  });

  it('names the option at fault, and lets the policy name its own', () => {
    try {
      simulate({ ...good, events: -1 });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'option', option: 'events' });
    }
    expect(() => simulate({ ...good, policy: { kind: 'abounce', C: 1, K: 2 } })).toThrow('ABOUNCE needs C ≥ K');
    expect(() => simulate({ ...good, policy: { kind: 'sq', d: 0 } })).toThrow('d must be an integer ≥ 1');
  });

  it('stops with an overflow, not out of memory, when a queue outgrows its bound', () => {
    const attempt = () => simulate({ ...good, n: 1, lambda: 1000, events: 3_000_000, policy: { kind: 'none' } });
    expect(attempt).toThrow(/a queue outgrew \d+ jobs at event \d+: the system is unstable at this arrival rate/);
  });
});
