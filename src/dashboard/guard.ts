import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Under which the page hands over what it was given in its address: another site's form cannot send it. */
export const TOKEN_HEADER = 'x-driftline-token';

/** Why a request is not answered. */
export interface Refused {
  readonly status: 403 | 405 | 415;
  readonly words: string;
}

/**
 * Whether a request may be answered. It has to name this server as its host, so that a name that a stranger points to
 * this machine is of no use to him; come from no other site's page; and, where it is to do something, bear the token that
 * was told to whoever started the server.
 *
 * @param hosts what the server is called: `127.0.0.1:4477`, `localhost:4477`
 */
export function refused(
  { method = 'GET', headers }: { readonly method?: string | undefined; readonly headers: IncomingHttpHeaders },
  hosts: ReadonlySet<string>,
  token: string,
): Refused | undefined {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  if (!hosts.has(host)) return { status: 403, words: `This server is not called ${JSON.stringify(host)}.` };
  if (origin !== undefined && origin !== `http://${host}`) {
    return { status: 403, words: 'Only the page of this server may ask it.' };
  }
  // A browser says so of itself, also where it sends no origin; a link from elsewhere may lead to the page.
  if (
    site !== undefined &&
    !['same-origin', 'none'].includes(String(site)) &&
    headers['sec-fetch-dest'] !== 'document'
  ) {
    return { status: 403, words: 'Only the page of this server may ask it.' };
  }
  if (method === 'GET' || method === 'HEAD') return undefined;
  if (method !== 'POST') return { status: 405, words: 'Only GET and POST are understood.' };
  if (!isToken(headers[TOKEN_HEADER], token)) {
    return { status: 403, words: 'This needs the address that driftline serve printed when it was started.' };
  }
  if (origin === undefined) return { status: 403, words: 'Only the page of this server may ask it.' };
  return headers['content-type'] === 'application/json'
    ? undefined
    : { status: 415, words: 'Only JSON is understood.' };
}

/** In a time that does not tell how much of it was right. */
function isToken(given: string | string[] | undefined, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return typeof given === 'string' && timingSafeEqual(digest(given), digest(token));
}
