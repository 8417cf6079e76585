import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A cache server in this process, on loopback: it keeps what is PUT, and can be told to misbehave. */
export class CacheServer {
  readonly kept = new Map<string, Buffer>();
  /** `GET /ac/…`, in the order in which they came. */
  readonly asked: string[] = [];
  readonly authorizations = new Set<string | undefined>();
  /** Answers instead of the honest handler where it returns true. */
  behave: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  readonly #server = createServer((request, response) => this.#handle(request, response));

  static async start(): Promise<CacheServer> {
    const server = new CacheServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    afterAll(() => server.stop());
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Breaks all connections and takes no more. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  count(start: string): number {
    return this.asked.filter((line) => line.startsWith(start)).length;
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    this.asked.push(`${request.method} ${request.url}`);
    this.authorizations.add(request.headers.authorization);
    if (this.behave(request, response)) return;
    handlers[request.method!]?.(this.kept)(request, response);
  }
}

const handlers: Readonly<Record<string, (kept: Map<string, Buffer>) => Handler>> = {
  GET: (kept) => (request, response) => {
    const bytes = kept.get(request.url!);
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  },
  HEAD: (kept) => (request, response) => {
    const bytes = kept.get(request.url!);
    if (bytes === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-length': bytes.length }).end();
  },
  PUT: (kept) => (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      kept.set(request.url!, Buffer.concat(parts));
      response.writeHead(201).end();
    });
  },
};
