import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { Nginx } from './nginx.ts';

const server = await Nginx.start();
afterAll(() => server.stop());

const name = (): string => randomBytes(32).toString('hex');
const put = (url: string, body: Uint8Array<ArrayBuffer>): Promise<Response> => fetch(url, { method: 'PUT', body });

describe('the cache server', () => {
  it.each(['ac', 'cas'])('gives under /%s/ what it was given, to the read-only twin as well', async (kind) => {
    const path = `${kind}/${name()}`;
    const bytes = randomBytes(300_000);
    expect((await fetch(`${server.url}/${path}`)).status).toBe(404);
    expect((await put(`${server.url}/${path}`, bytes)).status).toBe(201);
    for (const url of [server.url, server.readOnlyUrl]) {
      const answer = await fetch(`${url}/${path}`);
      expect(answer.status).toBe(200);
      expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    }
    expect((await put(`${server.url}/${path}`, bytes)).status).toBe(204);
  });

  it('takes nothing where it is read-only, and answers nothing where it fails', async () => {
    const path = `cas/${name()}`;
    expect((await put(`${server.readOnlyUrl}/${path}`, randomBytes(10))).status).toBe(403);
    expect((await put(`${server.failingUrl}/${path}`, randomBytes(10))).status).toBe(503);
    expect((await fetch(`${server.failingUrl}/${path}`)).status).toBe(503);
    expect(readdirSync(server.data)).not.toContain(path);
    expect((await fetch(`${server.url}/${path}`)).status).toBe(404);
  });

  it('takes nothing elsewhere', async () => {
    for (const path of ['cas/short', `other/${name()}`, `cas/../${name()}`]) {
      expect((await put(`${server.url}/${path}`, randomBytes(10))).status).toBe(404);
    }
    expect((await fetch(`${server.url}/cas/${name()}`, { method: 'DELETE' })).status).toBe(403);
  });
});
