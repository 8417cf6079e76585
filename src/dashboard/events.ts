import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Follower } from './follower.ts';
import type { Change } from './protocol.ts';

/** Milliseconds between two looks for what is new, and between two signs of life. */
const LOOK_MS = 100;
const SIGN_MS = 15_000;

/**
 * Tells pages what becomes other, as server-sent events. Each carries the place in the tale up to which it goes, which a
 * page that was cut off names when it comes back, also to another process: then it gets what it missed.
 */
export class Events {
  readonly #follower: Follower;
  readonly #listeners = new Set<ServerResponse>();
  readonly #looks: NodeJS.Timeout;
  readonly #signs: NodeJS.Timeout;
  readonly #trouble: (error: unknown) => void;
  #told = '';

  constructor(follower: Follower, trouble: (error: unknown) => void) {
    this.#follower = follower;
    this.#trouble = trouble;
    this.#looks = setInterval(() => this.#look(), LOOK_MS);
    this.#signs = setInterval(() => this.#send(':\n\n'), SIGN_MS);
  }

  listen(request: IncomingMessage, response: ServerResponse, from: string | null): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const last = request.headers['last-event-id'] ?? from;
    const missed = typeof last === 'string' ? this.#follower.since(last) : undefined;
    response.write(this.#message(missed ?? 'everything'));
    this.#listeners.add(response);
    response.on('close', () => this.#listeners.delete(response));
  }

  /** Words for whoever looks, which are in no tale. */
  say(code: number | null, words: string): void {
    this.#send(`event: said\ndata: ${JSON.stringify({ code, words })}\n\n`);
  }

  close(): void {
    clearInterval(this.#looks);
    clearInterval(this.#signs);
    for (const listener of this.#listeners) listener.end();
  }

  #look(): void {
    this.#follower
      .look()
      .then((change) => change !== undefined && this.#send(this.#message(change)))
      .catch((error: unknown) => {
        // It is looked ten times a second: the same trouble is told once.
        if (String(error) !== this.#told) this.#trouble(error);
        this.#told = String(error);
      });
  }

  #message(change: Change | 'everything'): string {
    const [name, data] = change === 'everything' ? ['everything', null] : ['change', change];
    return `id: ${this.#follower.at}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  #send(text: string): void {
    for (const listener of this.#listeners) listener.write(text);
  }
}
