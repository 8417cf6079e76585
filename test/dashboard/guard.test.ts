import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refused } from '../../src/dashboard/guard.ts';

const HOSTS = new Set(['127.0.0.1:4477', 'localhost:4477']);
const TOKEN = 'a-token';
const page = { host: '127.0.0.1:4477', origin: 'http://127.0.0.1:4477', 'sec-fetch-site': 'same-origin' };
const asking = { ...page, 'x-driftline-token': TOKEN };
const acting = { ...asking, 'content-type': 'application/json' };
const status = (method: string, headers: Record<string, string>, url = '/api/study') =>
  refused({ method, url, headers }, HOSTS, TOKEN)?.status;

describe('what is asked of the live view', () => {
  it('is answered to its own page, and to a browser that is given the address', () => {
    expect(status('GET', asking)).toBeUndefined();
    expect(status('GET', { host: 'localhost:4477', 'sec-fetch-site': 'none' }, '/')).toBeUndefined();
    expect(status('GET', page, '/?from=bookmark')).toBeUndefined();
    expect(status('POST', acting)).toBeUndefined();
  });

  it('is not answered under another name, whatever a stranger has point to this machine', () => {
    fc.assert(
      fc.property(fc.domain(), fc.integer({ min: 1, max: 65_535 }), (name, port) => {
        expect(status('GET', { ...asking, host: `${name}:${port}`, origin: `http://${name}:${port}` })).toBe(403);
      }),
    );
    expect(status('GET', {})).toBe(403);
  });

  it('is not answered to the page of another site, nor to one that hides where it is from', () => {
    for (const origin of ['http://example.org', 'null', 'https://127.0.0.1:4477', 'http://localhost:4477']) {
      expect(status('GET', { ...asking, origin })).toBe(403);
      expect(status('GET', { ...page, origin }, '/')).toBe(403);
      expect(status('POST', { ...acting, origin })).toBe(403);
    }
    const { origin: _, ...hidden } = acting;
    expect(status('POST', hidden)).toBe(403);
    expect(status('GET', { host: page.host, 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' })).toBe(403);
  });

  it('tells and does nothing without the token, whatever is asked for', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\/[\w/.?%]*$/), fc.constantFrom('GET', 'HEAD', 'POST'), (path, method) => {
        if (!/^\/(\?|$)/.test(path) || method === 'POST') expect(status(method, page, path)).toBe(401);
      }),
    );
    for (const url of ['//', '/./', '/api/../', '*', '/%2f', ' /']) expect(status('GET', page, url)).toBe(401);
  });

  it('acts for nobody without the token, and for no form', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => text !== TOKEN),
        (token) => {
          expect(status('POST', { ...acting, 'x-driftline-token': token })).toBe(401);
          expect(status('GET', { ...asking, 'x-driftline-token': token })).toBe(401);
        },
      ),
    );
    const { 'x-driftline-token': _, ...without } = acting;
    expect(status('POST', without)).toBe(401);
    expect(status('POST', { ...acting, 'content-type': 'text/plain' })).toBe(415);
    for (const method of ['PUT', 'DELETE', 'OPTIONS']) expect(status(method, acting)).toBe(405);
  });
});
