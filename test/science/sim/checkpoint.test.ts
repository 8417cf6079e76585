import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicySpec } from '../../../src/science/policy/policy.ts';
import { type SimulateOptions, simulate } from '../../../src/science/sim/simulate.ts';

const base: SimulateOptions = {
  n: 10,
  lambda: '4/5',
  policy: { kind: 'mbounce', alpha: '3/2', K: 2, d: 3 },
  events: 20_000,
  seed: 'be'.repeat(32),
  path: { points: 50 },
};

describe('a checkpoint', () => {
  it('continues to what a straight run gives, bit for bit, from any cut', () => {
    const cuts = fc.tuple(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 20_000 }));
    fc.assert(
      fc.property(cuts, fc.integer({ min: 1, max: 20_000 }), ([a, b], more) => {
        const first = simulate({ ...base, events: Math.min(a, b) });
        const second = simulate({ ...base, events: Math.max(a, b), resume: first.checkpoint });
        const events = Math.max(a, b) + more;
        const third = simulate({ ...base, events, resume: second.checkpoint });
        expect(third).toEqual(simulate({ ...base, events }));
      }),
      { numRuns: 25 },
    );
  });

  it('continues whatever is simulated: any number of queues, policy, load, start and record', () => {
    const d = fc.constantFrom<number | 'all'>(1, 2, 10, 'all');
    const policy = fc.oneof<fc.Arbitrary<PolicySpec>[]>(
      fc.constant({ kind: 'none' }),
      fc.record({ kind: fc.constant('sq'), K: fc.constantFrom(1, 2), d }),
      fc.record({ kind: fc.constant('abounce'), C: fc.integer({ min: 2, max: 5 }), K: fc.constant(2), d }),
      fc.record({ kind: fc.constant('mbounce'), alpha: fc.constantFrom('11/10', 2), K: fc.constantFrom(1, 3), d }),
      fc.record({ kind: fc.constant('table'), thresholds: fc.constantFrom([2, 4], [9, 9, 9]), K: fc.constant(2), d }),
    );
    const system = fc.record({
      n: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(63, 64, 65, 300)),
      lambda: fc.constantFrom('1/2', '19/20', 3),
      policy,
      start: fc.constantFrom({ start: 'empty' } as const, { start: 'mean-field', profile: [1, 0.9, 0.3] } as const),
      points: fc.constantFrom(2, 16, 512),
      warmup: fc.constantFrom<number | 'auto'>('auto', 0, 16),
      cuts: fc.uniqueArray(fc.integer({ min: 17, max: 6000 }), { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(system, ({ start, points, cuts, ...more }) => {
        const options = { ...more, ...start, seed: base.seed, path: { points } };
        let resume: Uint8Array | undefined;
        for (const events of [...cuts.sort((a, b) => a - b), 6000]) {
          const grown = simulate({ ...options, events, resume });
          expect(grown).toEqual(simulate({ ...options, events }));
          resume = grown.checkpoint;
        }
      }),
      { numRuns: 15 },
    );
  });

  it('made on the way continues too, with an explicit warm-up and a start from a profile', () => {
    const options: SimulateOptions = { ...base, warmup: 3000, start: 'mean-field', profile: [1, 0.9, 0.6, 0.3] };
    const checkpoints: Uint8Array[] = [];
    const straight = simulate(options, { every: 1700, onCheckpoint: (checkpoint) => checkpoints.push(checkpoint) });
    expect(checkpoints.length).toBe(11);
    for (const resume of checkpoints) expect(simulate({ ...options, resume })).toEqual(straight);
  });

  it('continues when queues are long and memory has grown', () => {
    const options: SimulateOptions = { ...base, lambda: 4, events: 60_000 };
    const half = simulate({ ...options, events: 30_000 });
    expect(simulate({ ...options, resume: half.checkpoint })).toEqual(simulate(options));
    expect(simulate(options).longest).toBeGreaterThan(2100);
  });

  it('of another simulation, a longer one or damaged is refused with the reason', () => {
    const { checkpoint } = simulate(base);
    const refused = (options: Partial<SimulateOptions>, resume: Uint8Array, message: string | RegExp) =>
      expect(() => simulate({ ...base, events: 30_000, ...options, resume })).toThrow(message);
    refused({ lambda: 0.7 }, checkpoint, 'the checkpoint is of another simulation: lambda is 4/5 there and 7/10 here');
    refused({ policy: { kind: 'none' } }, checkpoint, 'policy is mbounce d=3 K=2 strict C= alpha=3/2 T= there');
    refused({ warmup: 5 }, checkpoint, 'warmup is auto there and 5 here');
    refused({ events: 100 }, checkpoint, 'the checkpoint is at event 20000, past events = 100');
    refused({}, checkpoint.slice(0, -1), /not a checkpoint of this simulator: expected \d+ bytes, found \d+/);
    refused({}, new Uint8Array(5), 'it does not begin as one');
    for (let length = 0; length < 700; length += 7) refused({}, checkpoint.slice(0, length), 'not a checkpoint');
  });

  it('does not grow with the run', () => {
    const sizes = [2 ** 16, 2 ** 20].map((events) => simulate({ ...base, events }).checkpoint.length);
    expect(sizes[1]).toBeLessThan(1.5 * sizes[0]);
  });
});
