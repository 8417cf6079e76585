import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { type Ended, ending, TemporaryStudy } from './study.ts';

export type Event = { readonly type: string; readonly target?: string } & Record<string, unknown>;

/** How long anything is waited for. */
const PATIENCE_MS = 30_000;

/** `driftline watch --json`, event by event. */
class Watch {
  readonly ended: Promise<Ended>;
  readonly #child;
  readonly #events: Event[] = [];
  readonly seen: Event[] = [];

  constructor(study: TemporaryStudy, ...args: string[]) {
    this.#child = study.start(['watch', '--json', ...args]);
    let rest = '';
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) this.#events.push(JSON.parse(line) as Event);
    });
    this.ended = ending(this.#child);
  }

  /** Waits for an event, and returns those up to it. */
  async until(isIt: (event: Event) => boolean): Promise<Event[]> {
    const taken: Event[] = [];
    const end = performance.now() + PATIENCE_MS;
    while (performance.now() < end) {
      const event = this.#events.shift();
      if (event === undefined) {
        await sleep(10);
        continue;
      }
      taken.push(event);
      this.seen.push(event);
      if (isIt(event)) return taken;
    }
    throw new Error(`it did not happen; what did: ${taken.map(({ type }) => type).join(', ')}`);
  }

  idle = (): Promise<Event[]> => this.until(({ type }) => type === 'watching');

  /** What is told within a time in which it should be nothing. */
  async within(milliseconds: number): Promise<Event[]> {
    await sleep(milliseconds);
    return this.#events.splice(0);
  }

  stop(): void {
    this.#child.kill('SIGINT');
  }
}

export const executed = (events: readonly Event[]): string[] =>
  events.flatMap(({ type, target }) => (type === 'action-finished' ? [target!] : [])).sort();

/** Twice a number and one of a table. */
export const KIND = `
export default {
  summary: 'A product',
  params: { type: 'object', properties: { x: { type: 'number' } }, required: ['x'], additionalProperties: false },
  inputs: {},
  otherInputs: { type: 'table' },
  outputs: { rows: { type: 'table', schema: { y: 'float64' } } },
  run: ({ params: { x }, inputs }) => ({ rows: { y: [x * 1 + Number(inputs.data?.columns.v[0] ?? 0)] } }),
};
`;

export const PIPELINE = `driftline: 1
study: Watched
stages:
  first: { uses: product, with: { x: 2 }, inputs: { data: data/given.csv } }
  other: { uses: product, with: { x: 3 } }
`;

/** A study to be watched. */
const FILES = {
  'pipeline.yaml': PIPELINE,
  'stages/product.ts': KIND,
  'data/given.csv': 'v\n10\n',
  'notes.txt': 'no result rests on this\n',
};

/** For the tests of a file studies to be watched, and what watches them, which is stopped after each. */
export function watchedStudies() {
  const folder = temporaryFolders();
  const watches: Watch[] = [];
  afterEach(async () => {
    for (const watch of watches.splice(0)) {
      watch.stop();
      await watch.ended;
    }
  });
  return {
    study: (): TemporaryStudy => new TemporaryStudy(folder(), FILES),
    watch(study: TemporaryStudy, ...args: string[]): Watch {
      const watch = new Watch(study, ...args);
      watches.push(watch);
      return watch;
    },
  };
}
