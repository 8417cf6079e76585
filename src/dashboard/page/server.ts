/// <reference lib="dom" />
import type { Change, Said } from '../protocol.ts';

const TOKEN = 'driftline-token';

/** What lets this page act: it came in the address that the command printed, and stays out of history and requests. */
export function takeToken(): void {
  const found = /^#token=([\w-]+)$/.exec(location.hash);
  if (found === null) return;
  sessionStorage.setItem(TOKEN, found[1]);
  history.replaceState(null, '', `${location.pathname}#/`);
}

export const hasToken = (): boolean => sessionStorage.getItem(TOKEN) !== null;

/** What the server says to a question. Throws its words where it cannot answer. */
export async function ask<T>(what: string, query: Readonly<Record<string, string>> = {}): Promise<T> {
  return answerOf<T>(await fetch(`/api/${what}?${new URLSearchParams(query)}`));
}

/** Has the server do something. */
export async function act(what: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json', 'x-driftline-token': sessionStorage.getItem(TOKEN) ?? '' };
  await answerOf(await fetch(`/api/${what}`, { method: 'POST', headers, body: JSON.stringify(body) }));
}

async function answerOf<T>(response: Response): Promise<T> {
  const value = (await response.json()) as T & { error?: string };
  if (!response.ok) throw new Error(value.error ?? response.statusText);
  return value;
}

export interface Listener {
  change(change: Change): void;
  /** Another study, or another run: all that is shown is asked for anew. */
  everything(): void;
  said(said: Said): void;
  connected(isConnected: boolean): void;
}

/** Milliseconds before a server that did not answer is tried again. */
const AGAIN_MS = 1000;

/**
 * Listens to what becomes other from a place in the tale on. A browser names the last event when it comes back by itself;
 * where it gives up, as when the server is started again, this does.
 */
export function listen(at: string, listener: Listener): void {
  let last = at;
  const open = (): void => {
    const source = new EventSource(`/api/events?${new URLSearchParams({ at: last })}`);
    const heard = (event: MessageEvent): void => {
      last = event.lastEventId || last;
    };
    source.addEventListener('open', () => listener.connected(true));
    source.addEventListener('change', (event) => {
      heard(event);
      listener.change(JSON.parse(event.data) as Change);
    });
    source.addEventListener('everything', (event) => {
      heard(event);
      listener.everything();
    });
    source.addEventListener('said', (event) => listener.said(JSON.parse(event.data) as Said));
    source.addEventListener('error', () => {
      listener.connected(false);
      source.close();
      setTimeout(open, AGAIN_MS);
    });
  };
  open();
}
