import { describe, expect, it } from 'vitest';
import { Breaker } from '../../../src/store/remote/breaker.ts';

describe('the breaker', () => {
  const at = (clock: { now: number }) => new Breaker(() => clock.now);
  const fail = (breaker: Breaker, times: number): void => {
    for (let time = 0; time < times; time++) breaker.begin()('badly');
  };

  it('leaves a place alone after three failures in a row, not after three among successes', () => {
    const breaker = at({ now: 0 });
    fail(breaker, 2);
    breaker.begin()('well');
    fail(breaker, 2);
    expect(breaker.mayAsk()).toBe(true);
    fail(breaker, 1);
    expect(breaker.mayAsk()).toBe(false);
  });

  it('tries again with one request, and rests twice as long each time', () => {
    const clock = { now: 0 };
    const breaker = at(clock);
    fail(breaker, 3);
    for (const rest of [30_000, 60_000, 120_000]) {
      clock.now += rest - 1;
      expect(breaker.mayAsk()).toBe(false);
      clock.now++;
      expect(breaker.mayAsk()).toBe(true);
      const probe = breaker.begin();
      expect(breaker.mayAsk()).toBe(false);
      probe('badly');
    }
    clock.now += 240_000;
    breaker.begin()('well');
    expect(breaker.mayAsk()).toBe(true);
    fail(breaker, 2);
    expect(breaker.mayAsk()).toBe(true);
  });

  it('takes a hundred slow answers in a row for a failure, and not ninety-nine', () => {
    const clock = { now: 0 };
    const breaker = at(clock);
    const answer = (took: number): void => {
      const end = breaker.begin();
      clock.now += took;
      end('well');
    };
    for (let time = 0; time < 99; time++) answer(2000);
    answer(1999);
    for (let time = 0; time < 99; time++) answer(2000);
    expect(breaker.mayAsk()).toBe(true);
    answer(2000);
    expect(breaker.mayAsk()).toBe(false);
  });

  it('counts the failures of many requests at a time as one rest', () => {
    const clock = { now: 0 };
    const breaker = at(clock);
    const ends = Array.from({ length: 32 }, () => breaker.begin());
    for (const end of ends) end('badly');
    clock.now += 30_000;
    expect(breaker.mayAsk()).toBe(true);
  });
});
