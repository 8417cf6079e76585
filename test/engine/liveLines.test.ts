import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LiveEvent, LiveLines, liveEvent, parseLive } from '../../src/engine/liveLines.ts';

const target = fc.constantFrom('a', 'b', 'c[x=1]');
const event: fc.Arbitrary<LiveEvent> = fc.oneof(
  target.map((name): LiveEvent => ['cached', name]),
  target.map((name): LiveEvent => ['started', name, 1]),
  fc
    .tuple(target, fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([name, fraction]): LiveEvent => ['progress', name, fraction]),
  target.map((name): LiveEvent => ['done', name, 1.5]),
  target.map((name): LiveEvent => ['failed', name, 1, 'no', null, '']),
);

/** What is known of each action in the end: its last state, and how far it is since then. */
function told(events: readonly LiveEvent[]) {
  const known = new Map<string, { state: string; fraction: number }>();
  for (const [kind, ...rest] of events) {
    for (const name of (kind === 'cached' ? rest : [rest[0]]) as string[]) {
      if (kind === 'progress') known.set(name, { state: known.get(name)?.state ?? '', fraction: rest[1] as number });
      else known.set(name, { state: kind, fraction: 0 });
    }
  }
  return known;
}

describe('lines of events', () => {
  it('leave out only what a later event of the line makes superfluous', () => {
    fc.assert(
      fc.property(fc.array(fc.array(event)), (batches) => {
        const lines = new LiveLines();
        const written = batches.flatMap((events, at) => {
          for (const one of events) lines.add(one);
          const line = lines.take(at);
          return line === undefined ? [] : [JSON.stringify(line)];
        });
        const read = written.flatMap((text) => {
          const line = parseLive(text);
          return line !== undefined && 'events' in line ? line.events : [];
        });
        expect(told(read)).toEqual(told(batches.flat()));
      }),
    );
  });

  it('keep the end of what was printed, and say what kept an action from its end', () => {
    const failure = { kind: 'threw', message: 'no luck', stack: 'at run' } as const;
    const log = 'x'.repeat(10_000);
    expect(
      liveEvent({ type: 'action-failed', target: 'a', stage: 'a', key: '', failure, attempt: 2, retryIn: 1, log }),
    ).toEqual(['failed', 'a', 2, 'no luck\nat run', 1, `…${'x'.repeat(4000)}`]);
    expect(liveEvent({ type: 'run-started', run: 'r', actions: 1 })).toBeUndefined();
  });

  it('are none where they are damaged', () => {
    const texts = [
      '',
      '{}',
      '[]',
      'null',
      '{"head":{"run":1}}',
      '{"events":[1]}',
      '{"events":[["done"]]}',
      '{"events":[["toString","a"]]}',
      '{"end":null}',
      '{"at":0,"events"',
    ];
    expect(texts.map(parseLive)).toEqual(texts.map(() => undefined));
  });
});
