import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answers } from './answers.ts';
import { Events } from './events.ts';
import type { Follower } from './follower.ts';
import { refused } from './guard.ts';
import { livePage, PAGE_POLICY } from './livePage.ts';
import { svgOutput } from './results.ts';
import type { SoFarFigures } from './soFarFigure.ts';

/** What the command line does for the page. Each may throw {@link Failed}. */
export interface Commands {
  why(target: string): Promise<string>;
  runs(): Promise<unknown>;
  compare(from: string, to: string): Promise<unknown>;
  /** A figure as a run drew it. */
  figureOfRun(run: string, stage: string): Buffer | undefined;
  /** Starts a run that goes on whatever becomes of this server. */
  start(targets: readonly string[]): void;
  /** Asks the run that is followed to stop, as Ctrl-C does; whoever watches the study goes on watching. */
  stop(): void;
}

export interface LiveServerOptions {
  readonly follower: Follower;
  readonly answers: Answers;
  readonly commands: Commands;
  readonly soFar: SoFarFigures;
  /** What the page has to show, once it is known where it listens. */
  readonly tokenAt: (port: number) => string;
  readonly port: number;
  /** The page's script, as scripts/buildPage.mjs bundles it. */
  readonly script: string;
  readonly version: string;
  readonly trouble: (error: unknown) => void;
}

/** An answer that is not what was asked for, with words that say why. */
export class Failed extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const LOOPBACK = '127.0.0.1';

/** Bytes of a request that are read. */
const MOST_ASKED = 65_536;

/** The live view: a page, what it asks, and what it is told. Listens to this machine alone. */
export class LiveServer {
  readonly #options: LiveServerOptions;
  readonly #server: Server;
  readonly #events: Events;
  #hosts: ReadonlySet<string> = new Set();
  #token = '';

  private constructor(options: LiveServerOptions) {
    this.#options = options;
    this.#events = new Events(options.follower, options.trouble);
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => this.#fail(response, error));
    });
  }

  /** Rejects with the system's error where the port is taken. */
  static async start(options: LiveServerOptions): Promise<LiveServer> {
    const live = new LiveServer(options);
    try {
      await new Promise<void>((resolve, reject) => {
        live.#server.once('error', reject);
        live.#server.listen(options.port, LOOPBACK, resolve);
      });
    } catch (error) {
      live.#events.close();
      throw error;
    }
    live.#token = options.tokenAt(live.port);
    live.#hosts = new Set([LOOPBACK, 'localhost'].map((name) => `${name}:${live.port}`));
    return live;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get address(): string {
    return `http://${LOOPBACK}:${this.port}/`;
  }

  get token(): string {
    return this.#token;
  }

  /** Tells the pages what a run that was started from one of them said at its end. */
  say(code: number | null, words: string): void {
    this.#events.say(code, words);
  }

  async close(): Promise<void> {
    this.#events.close();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const no = refused(request, this.#hosts, this.#token);
    if (no !== undefined) throw new Failed(no.status, no.words);
    const url = addressOf(request.url ?? '/', this.address);
    const asked = (name: string): string => {
      const value = url.searchParams.get(name);
      if (value === null) throw new Failed(400, `${url.pathname} needs ${name}.`);
      return value;
    };
    if (request.method === 'POST') return this.#act(url.pathname, await bodyOf(request), response);
    const { answers, commands, follower, script, version } = this.#options;
    const stage = () => answers.stage(asked('stage')) ?? missing('stage', asked('stage'));
    // Nothing else is made for whoever asks.
    const figure = () => (svgOutput(stage()) === undefined ? missing('figure', asked('stage')) : stage());
    if (url.pathname === '/') {
      return send(response, 'text/html; charset=utf-8', livePage(script, version), PAGE_POLICY(script));
    }
    answers.results.refresh();
    switch (url.pathname) {
      case '/api/study':
        return json(response, { snapshot: answers.snapshot(), dag: answers.dag });
      case '/api/stage':
        return json(response, answers.matrix(stage()));
      case '/api/metric':
        return json(response, answers.results.metric(stage(), asked('metric')));
      case '/api/cell':
        return json(response, answers.cell(stage(), Number(asked('cell'))) ?? missing('cell', asked('cell')));
      case '/api/why':
        return json(response, { words: await commands.why(asked('target')) });
      case '/api/runs':
        return json(response, await commands.runs());
      case '/api/compare':
        return json(response, await commands.compare(asked('from'), asked('to')));
      case '/api/so-far':
        return json(response, await this.#options.soFar.figureOf(follower.study, answers.results, figure()));
      case '/api/figure':
        return send(response, 'image/svg+xml', this.#figure(url.searchParams) ?? missing('figure', asked('stage')));
      case '/api/events':
        return this.#events.listen(request, response, url.searchParams.get('at') ?? follower.at);
      default:
        throw new Failed(404, `There is no ${url.pathname}.`);
    }
  }

  /** As it is; as a run drew it; or as it was drawn before all was there. */
  #figure(asked: URLSearchParams): Buffer | undefined {
    const { answers, commands, soFar } = this.#options;
    const [name, run, digest] = ['stage', 'run', 'so-far'].map((what) => asked.get(what));
    if (digest !== null) return soFar.bytes(digest);
    if (name === null) return undefined;
    return run === null ? answers.results.figureOf(name) : commands.figureOfRun(run, name);
  }

  #act(path: string, body: unknown, response: ServerResponse): void {
    const { commands, follower } = this.#options;
    if (path === '/api/run') {
      const targets = (body as { targets?: unknown } | null)?.targets;
      if (!Array.isArray(targets) || !targets.every((target) => typeof target === 'string')) {
        throw new Failed(400, 'Expected { "targets": [names] }.');
      }
      if (follower.living !== undefined) throw new Failed(409, 'A run is going on: stop it, or wait for its end.');
      commands.start(targets);
    } else if (path === '/api/stop') {
      if (follower.living === undefined) throw new Failed(409, 'No run is going on.');
      commands.stop();
    } else throw new Failed(404, `There is no ${path}.`);
    json(response, {});
  }

  #fail(response: ServerResponse, error: unknown): void {
    if (response.headersSent) {
      response.end();
      return;
    }
    const status = error instanceof Failed ? error.status : 500;
    const words = error instanceof Error ? error.message : String(error);
    if (status === 500) this.#options.trouble(error);
    const more = status === 401 && { 'www-authenticate': 'Driftline' };
    response.writeHead(status, { ...HEADERS, ...more, 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: words }));
  }
}

/** Of a path alone: what begins with two slashes, or is a whole address, is none of ours. */
function addressOf(path: string, own: string): URL {
  if (!/^\/(?![/\\])/.test(path)) throw new Failed(400, 'That is no address of this server.');
  return new URL(path, own);
}

function missing(what: string, name: string): never {
  throw new Failed(404, `There is no ${what} ${name}.`);
}

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

function send(response: ServerResponse, type: string, body: string | Buffer, policy?: string): void {
  response.writeHead(200, { ...HEADERS, 'content-type': type, ...(policy && { 'content-security-policy': policy }) });
  response.end(body);
}

const json = (response: ServerResponse, value: unknown): void =>
  send(response, 'application/json', JSON.stringify(value));

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    length += (part as Buffer).length;
    if (length > MOST_ASKED) throw new Failed(413, 'That is more than anybody asks.');
    parts.push(part as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    throw new Failed(400, 'That is no JSON.');
  }
}
