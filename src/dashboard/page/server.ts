/// <reference lib="dom" />
import type { Change, Said } from '../protocol.ts';
import { EventStream } from './eventStream.ts';

const TOKEN = 'driftline-token';

/** The server does not know the token: it is another's, or that of a server that is gone. */
export class NotKnown extends Error {}

/** What lets this page ask: it came in the address that the command printed, and stays out of history and requests. */
export function takeToken(text = location.hash): boolean {
  const found = /(?:^|#token=)([\w-]{20,})$/.exec(text.trim());
  if (found === null) return false;
  sessionStorage.setItem(TOKEN, found[1]);
  if (location.hash.startsWith('#token=')) history.replaceState(null, '', `${location.pathname}#/`);
  return true;
}

const headers = (): Record<string, string> => ({ 'x-driftline-token': sessionStorage.getItem(TOKEN) ?? '' });

export const hasToken = (): boolean => sessionStorage.getItem(TOKEN) !== null;

const addressOf = (what: string, query: Readonly<Record<string, string>>): string =>
  `/api/${what}?${new URLSearchParams(query)}`;

/** What the server says to a question. Throws its words where it cannot answer. */
export async function ask<T>(what: string, query: Readonly<Record<string, string>> = {}): Promise<T> {
  const response = await answered(fetch(addressOf(what, query), { headers: headers() }));
  return (await response.json()) as T;
}

/** Has the server do something. */
export async function act(what: string, body: unknown): Promise<void> {
  const asJson = { ...headers(), 'content-type': 'application/json' };
  await answered(fetch(`/api/${what}`, { method: 'POST', headers: asJson, body: JSON.stringify(body) }));
}

/** Has an image show a figure; rejects where there is none. */
export async function showFigure(image: HTMLImageElement, query: Readonly<Record<string, string>>): Promise<void> {
  const response = await answered(fetch(addressOf('figure', query), { headers: headers() }));
  const address = URL.createObjectURL(await response.blob());
  image.src = address;
  try {
    await image.decode();
  } finally {
    URL.revokeObjectURL(address);
  }
}

async function answered(asked: Promise<Response>): Promise<Response> {
  const response = await asked;
  if (response.ok) return response;
  const { error = response.statusText } = (await response.json()) as { error?: string };
  throw response.status === 401 ? new NotKnown(error) : new Error(error);
}

export interface Listener {
  change(change: Change): void;
  /** Another study, or another run: all that is shown is asked for anew. */
  everything(): void;
  said(said: Said): void;
  connected(isConnected: boolean): void;
  /** Nothing more is told to this token. */
  notKnown(): void;
}

/** Milliseconds before a server that did not answer is tried again. */
const AGAIN_MS = 1000;

/**
 * Listens to what becomes other from a place in the tale on. When it was cut off, as when the server is started again, it
 * names the last place that it heard of.
 */
export function listen(at: string, listener: Listener): void {
  let last = at;
  const hear = async (): Promise<void> => {
    const response = await answered(fetch(addressOf('events', { at: last }), { headers: headers() }));
    listener.connected(true);
    const stream = new EventStream();
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      for (const { id, event, data } of stream.push(read.value)) {
        if (id !== '') last = id;
        if (event === 'change') listener.change(JSON.parse(data) as Change);
        else if (event === 'everything') listener.everything();
        else if (event === 'said') listener.said(JSON.parse(data) as Said);
      }
    }
  };
  const open = (): void => {
    hear()
      .catch((error: unknown) => error)
      .then((error) => {
        listener.connected(false);
        if (error instanceof NotKnown) listener.notKnown();
        else setTimeout(open, AGAIN_MS);
      });
  };
  open();
}
