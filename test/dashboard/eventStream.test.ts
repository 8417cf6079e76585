import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventStream } from '../../src/dashboard/page/eventStream.ts';

describe('a stream of events', () => {
  it('gives the same events in whatever pieces it comes', () => {
    const event = fc.record({
      id: fc.stringMatching(/^[\w:]*$/),
      event: fc.constantFrom('change', 'said'),
      data: fc.json(),
    });
    fc.assert(
      fc.property(fc.array(event), fc.array(fc.nat(400)), (events, cuts) => {
        const text = events.map(({ id, event, data }) => `:\n\nid: ${id}\nevent: ${event}\ndata: ${data}\n\n`).join('');
        const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
        const stream = new EventStream();
        const arrived = places.slice(1).flatMap((to, i) => stream.push(text.slice(places[i], to)));
        expect(arrived).toEqual(events);
      }),
    );
  });

  it('gives no event that was cut off, and none without data', () => {
    expect(new EventStream().push('id: 1\nevent: change\ndata: {}\n')).toEqual([]);
    expect(new EventStream().push(':\n\nretry: 5\n\nevent: change\n\n')).toEqual([]);
  });
});
