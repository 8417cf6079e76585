import { Agent, type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure, Agent as SecureAgent } from 'node:https';
import { type Patience, RemoteError } from './transport.ts';

/** What is asked of a server. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** Connections to one server at a time. */
const CONNECTIONS = 32;

/** Bytes of a refusal that are read for the sake of the connection. */
const SHORT = 4096;

/** How often a download's speed is looked at, and how often in a row it has to be too slow. */
const WATCH_MS = 200;
const LATE_TWICE = 2;

/**
 * When this program itself was held up, its timers are due before it sees what has arrived meanwhile: that much later it
 * would have seen it.
 */
const GRACE_MS = 100;

/**
 * Requests within bounds of time, over connections that are kept. Redirects are not followed: they would send
 * credentials, and later uploads, to whom nobody named. Answers are not unpacked: a small one could become endless.
 */
export class HttpClient {
  readonly #patience: Patience;
  readonly #agents = {
    'http:': new Agent({ keepAlive: true, maxSockets: CONNECTIONS }),
    'https:': new SecureAgent({ keepAlive: true, maxSockets: CONNECTIONS }),
  };
  readonly #underWay = new Set<ClientRequest>();
  #closed = false;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** The head of an answer: of 2xx, or undefined for 404 and 410. Its body is to be read, or let go with `resume()`. */
  async ask(asked: HttpRequest): Promise<IncomingMessage | undefined> {
    const answer = await this.#send(asked);
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300 && status !== 206) return answer;
    // Whatever it says, it may say it for ever; where it is short the connection is kept.
    if (Number(answer.headers['content-length'] ?? Number.POSITIVE_INFINITY) <= SHORT) answer.resume();
    else answer.destroy();
    if (status === 404 || status === 410) return undefined;
    if (status >= 300 && status < 400) throw new RemoteError('redirect', `it answered ${status}, to go elsewhere`);
    if (status === 401 || status === 403) throw new RemoteError('forbidden', `it answered ${status}`);
    throw new RemoteError('answer', `it answered ${status}`);
  }

  /** The body of a GET, of `most` bytes at most. */
  async *body(answer: IncomingMessage, most: number): AsyncIterable<Uint8Array> {
    const { idle, rate } = this.#patience;
    const started = performance.now();
    let last = started;
    let received = 0;
    let late = 0;
    const watch = setInterval(() => {
      const now = performance.now();
      const isLate = now - last > idle || received < ((now - started - idle) / 1000) * rate;
      late = isLate ? late + 1 : 0;
      if (late === LATE_TWICE) answer.destroy(new RemoteError('slow', 'its bytes come too slowly'));
    }, WATCH_MS);
    try {
      if (Number(answer.headers['content-length'] ?? 0) > most) throw tooLong(most);
      if ((answer.headers['content-encoding'] ?? 'identity') !== 'identity') {
        throw new RemoteError('answer', `it packed its answer as ${answer.headers['content-encoding']}`);
      }
      for await (const piece of answer as AsyncIterable<Buffer>) {
        received += piece.length;
        last = performance.now();
        if (received > most) throw tooLong(most);
        yield piece;
      }
    } catch (error) {
      throw error instanceof RemoteError ? error : new RemoteError('cut-off', (error as Error).message);
    } finally {
      clearInterval(watch);
      if (!answer.complete) answer.destroy();
    }
  }

  close(): void {
    this.#closed = true;
    for (const request of this.#underWay) request.destroy(new RemoteError('cut-off', 'it was stopped'));
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  #send({ method, url, headers, body }: HttpRequest): Promise<IncomingMessage> {
    const { idle, rate } = this.#patience;
    if (this.#closed) return Promise.reject(new RemoteError('cut-off', 'it was stopped'));
    const secure = url.protocol === 'https:';
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': String(body.length) };
      const request = (secure ? requestSecure : requestPlain)(url, {
        method,
        headers: { ...headers, ...length, 'accept-encoding': 'identity' },
        agent: this.#agents[secure ? 'https:' : 'http:'],
      });
      this.#underWay.add(request);
      const patience = idle + ((body?.length ?? 0) / rate) * 1000;
      const giveUp = (): void => {
        request.destroy(new RemoteError('timeout', `within ${Math.ceil(patience / 1000)} s`));
      };
      let most = setTimeout(() => {
        most = setTimeout(giveUp, GRACE_MS);
      }, patience);
      request.on('response', (answer) => {
        clearTimeout(most);
        resolve(answer);
      });
      request.on('error', (error: NodeJS.ErrnoException) => {
        reject(error instanceof RemoteError ? error : new RemoteError('unreachable', error.code ?? error.message));
      });
      request.on('close', () => {
        clearTimeout(most);
        this.#underWay.delete(request);
        reject(new RemoteError('cut-off', 'the connection was closed'));
      });
      request.end(body);
    });
  }
}

const tooLong = (most: number): RemoteError => new RemoteError('too-long', `it sends more than ${most} bytes`);
