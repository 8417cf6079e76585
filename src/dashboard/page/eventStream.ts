/** A server-sent event as it arrived. */
export interface Arrived {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/**
 * Takes a stream of server-sent events apart, in whatever pieces it comes. A browser's own EventSource cannot send the
 * header that says who asks.
 */
export class EventStream {
  #rest = '';

  /** The events that are whole with this piece. Comments, as signs of life, are none. */
  push(piece: string): Arrived[] {
    const blocks = (this.#rest + piece).split('\n\n');
    this.#rest = blocks.pop()!;
    return blocks.flatMap((block) => {
      const fields = new Map(block.split('\n').map((line) => fieldOf(line)));
      const [event, data] = [fields.get('event'), fields.get('data')];
      return event === undefined || data === undefined ? [] : [{ id: fields.get('id') ?? '', event, data }];
    });
  }
}

function fieldOf(line: string): [name: string, value: string] {
  const colon = line.indexOf(':');
  return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
}
