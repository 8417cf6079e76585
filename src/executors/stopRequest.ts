import type { MessagePort } from 'node:worker_threads';

/** What a thread says that was asked to stop, among what else it says. */
export const HEARD = 'heard';

/** How long a thread has to say that it heard; one in a busy loop never does. */
const HEAR_MS = 150;

/** How long a thread that heard has to end by itself: to kill the program that it waits for. */
const END_MS = 1000;

/**
 * Asks a task in a thread to stop, and kills the thread when it does not answer, or does not end. The asking comes
 * first because what a thread started, such as another program, outlives a thread that is killed.
 */
export class StopRequest {
  readonly #port: MessagePort;
  readonly #kill = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', (message: unknown) => message === HEARD && this.#killAfter(END_MS));
    port.unref();
  }

  /** Aborted when the thread is to be killed. */
  get kill(): AbortSignal {
    return this.#kill.signal;
  }

  request(): void {
    if (this.#timer !== undefined) return;
    this.#port.postMessage('stop');
    this.#killAfter(HEAR_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#port.close();
  }

  #killAfter(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#kill.abort(), milliseconds);
  }
}
