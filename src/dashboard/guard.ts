import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Under which the page hands over what it was given in its address: neither a link nor another site's form can send it. */
export const TOKEN_HEADER = 'x-driftline-token';

/** Why a request is not answered. */
export interface Refused {
  readonly status: 401 | 403 | 405 | 415;
  readonly words: string;
}

/** What is looked at of a request. */
interface Asked {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Whether a request may be answered. It has to name this server as its host, so that a name that a stranger points to
 * this machine is of no use to him; come from no other site's page; and bear the token that was told to whoever started
 * the server, for others may be logged in on this machine. The page itself, which holds nothing of the study, goes to all.
 *
 * @param hosts what the server is called: `127.0.0.1:4477`, `localhost:4477`
 */
export function refused(
  { method = 'GET', url = '', headers }: Asked,
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
  const reads = method === 'GET' || method === 'HEAD';
  if (!reads && method !== 'POST') return { status: 405, words: 'Only GET and POST are understood.' };
  if (reads && /^\/(\?|$)/.test(url)) return undefined;
  if (!isToken(headers[TOKEN_HEADER], token)) {
    return { status: 401, words: 'This needs the address that driftline serve printed when it was started.' };
  }
  if (reads) return undefined;
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
