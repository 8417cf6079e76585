import type { ChildProcess } from 'node:child_process';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import type { Change, Snapshot } from '../../src/dashboard/protocol.ts';
import type { TemporaryStudy } from '../cli/study.ts';

/** One server-sent event. */
export interface Told {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/** The live view of a study, as `driftline serve` gives it. */
export class Served {
  readonly address: string;
  readonly port: number;
  readonly token: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, { address, port, token }: { address: string; port: number; token: string }) {
    this.#child = child;
    this.address = address;
    this.port = port;
    this.token = token;
  }

  static async of(study: TemporaryStudy, ...args: readonly string[]): Promise<Served> {
    const child = study.start(['serve', '--json', ...args]);
    child.stderr!.pipe(process.stderr);
    for await (const line of createInterface({ input: child.stdout! })) return new Served(child, JSON.parse(line));
    throw new Error('driftline serve ended before it listened');
  }

  /** Resolves with the exit code. */
  close(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => this.#child.once('exit', resolve));
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return Promise.resolve(this.#child.exitCode);
    this.#child.kill(signal);
    return ended;
  }

  async ask<T>(path: string): Promise<T> {
    const { status, body } = await this.send('GET', path, { 'x-driftline-token': this.token });
    if (status !== 200) throw new Error(`${path}: ${status} ${body}`);
    return JSON.parse(body) as T;
  }

  async snapshot(): Promise<Snapshot> {
    return (await this.ask<{ snapshot: Snapshot }>('/api/study')).snapshot;
  }

  /** As the page does it. */
  act(path: string, body: unknown) {
    const headers = { origin: this.address.slice(0, -1), 'x-driftline-token': this.token };
    return this.send('POST', path, { ...headers, 'content-type': 'application/json' }, JSON.stringify(body));
  }

  send(method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: string) {
    return new Promise<{ status: number; body: string; headers: Readonly<Record<string, unknown>> }>(
      (resolve, reject) => {
        const asked = request(
          { host: '127.0.0.1', port: this.port, method, path, headers, agent: false },
          (response) => {
            let text = '';
            response.setEncoding('utf8').on('data', (part: string) => {
              text += part;
            });
            response.on('end', () => resolve({ status: response.statusCode!, body: text, headers: response.headers }));
          },
        );
        asked.on('error', reject);
        asked.end(body);
      },
    );
  }

  /** Events from a place on, until one is the last that is wanted. */
  async events(last: string | undefined, isLast: (told: Told) => boolean): Promise<Told[]> {
    const stop = new AbortController();
    const response = await fetch(`${this.address}api/events`, {
      headers: { 'x-driftline-token': this.token, ...(last !== undefined && { 'last-event-id': last }) },
      signal: stop.signal,
    });
    const told: Told[] = [];
    let text = '';
    for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
      text += part;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const fields = Object.fromEntries(
          text
            .slice(0, end)
            .split('\n')
            .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        );
        text = text.slice(end + 2);
        if (fields.event === undefined) continue;
        told.push({ id: fields.id, event: fields.event, data: JSON.parse(fields.data) });
        if (isLast(told.at(-1)!)) {
          stop.abort();
          return told;
        }
      }
    }
    throw new Error('the events ended');
  }
}

/** Whether an event says that the run is over. */
export const isOver = ({ event, data }: Told): boolean =>
  event === 'change' && !['running', undefined].includes((data as Change).run?.state);
