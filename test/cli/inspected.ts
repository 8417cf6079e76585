import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
  readonly params?: Record<string, unknown>;
}

/** A debugger: a client of Node's inspector, over as much of the WebSocket protocol as that takes. */
export class Inspected {
  readonly #socket: Socket;
  readonly #received: Message[] = [];
  #bytes = Buffer.alloc(0);
  #arrived: () => void = () => undefined;
  #id = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async at(address: string): Promise<Inspected> {
    const { hostname, port, pathname, host } = new URL(address);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(
      `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    const [greeting] = (await once(socket, 'data')) as [Buffer];
    if (!greeting.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(greeting.toString('latin1'));
    const inspected = new Inspected(socket);
    socket.on('data', (bytes) => inspected.#receive(bytes));
    socket.on('error', () => undefined);
    return inspected;
  }

  /** Sends a command and returns its result. */
  async send(method: string, params: Record<string, unknown> = {}): Promise<unknown> {
    const id = ++this.#id;
    this.#socket.write(frame(JSON.stringify({ id, method, params })));
    return (await this.#take((message) => message.id === id)).result;
  }

  /** The next event of a sort that was not taken yet. */
  async event(method: string): Promise<Record<string, unknown>> {
    return (await this.#take((message) => message.method === method)).params ?? {};
  }

  /** Source files that the maps of bundled kinds name, as a debugger resolves them. */
  async sourcesOfKinds(): Promise<string[]> {
    const parsed = this.#received.filter(
      ({ method, params }) => method === 'Debugger.scriptParsed' && String(params?.sourceMapURL).startsWith('data:'),
    );
    return parsed.flatMap(({ params }) => {
      const map = JSON.parse(Buffer.from(String(params!.sourceMapURL).split('base64,')[1], 'base64').toString('utf8'));
      return (map.sources as string[]).map((source) => new URL(source, map.sourceRoot).href);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  async #take(wanted: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const at = this.#received.findIndex(wanted);
      if (at >= 0) return this.#received.splice(at, 1)[0];
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }

  #receive(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    for (let whole = unframe(this.#bytes); whole !== undefined; whole = unframe(this.#bytes)) {
      this.#bytes = this.#bytes.subarray(whole.length);
      if (whole.text !== undefined) this.#received.push(JSON.parse(whole.text) as Message);
    }
    this.#arrived();
  }
}

/** A text frame of a client, masked with zeros. */
function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const head =
    body.length < 126
      ? Buffer.from([0x81, 0x80 | body.length])
      : Buffer.from([0x81, 0xfe, body.length >> 8, body.length & 255]);
  return Buffer.concat([head, Buffer.alloc(4), body]);
}

function unframe(bytes: Buffer): { readonly length: number; readonly text: string | undefined } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes[1] & 0x7f;
  const start = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < start) return undefined;
  const size = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < start + size) return undefined;
  const isText = (bytes[0] & 0x0f) === 1;
  return { length: start + size, text: isText ? bytes.toString('utf8', start, start + size) : undefined };
}
