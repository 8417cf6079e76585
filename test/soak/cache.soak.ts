import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Checkout, PEM, PUBLIC } from '../cli/checkout.ts';
import { events, SMALL } from '../cli/study.ts';
import { temporaryFolders } from '../store/folder.ts';
import { CacheServer } from '../store/remote/server.ts';

const folder = temporaryFolders();

let server: CacheServer;
let first: Checkout;
let writerEnv: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await CacheServer.start();
  writerEnv = { DRIFTLINE_CACHE: server.url, DRIFTLINE_SIGNING_KEY: PEM, DRIFTLINE_CACHE_TOKEN: 'hush' };
  first = new Checkout(folder, writerEnv);
  const { code, err } = await first.driftline('run', '--cache-write');
  expect(code).toBe(0);
  expect(err).toContain(`9 results uploaded to ${server.url}`);
});

const reader = (): Checkout => {
  const checkout = new Checkout(folder, { DRIFTLINE_CACHE: server.url });
  checkout.write({ 'driftline.keys': `alice ${PUBLIC.text}\n` });
  return checkout;
};

describe('a second checkout with an empty store', () => {
  it('pulls one target, verifies what it got, and keeps it through gc', async () => {
    const second = reader();
    const pulled = await second.json('cache', 'pull', 'other');
    expect(pulled).toMatchObject({ cache: server.url, namespace: 'main', failed: [], here: 0, missing: 0 });
    expect(pulled.fetched).toEqual(['other', 'other.rows']);
    expect((await second.driftline('cache', 'pull')).out).toBe(
      `7 results fetched from ${server.url}, 2 were here already.\n`,
    );
    const ran = events((await second.driftline('run', '--no-cache', '--json')).out);
    expect(ran.at(-1)).toMatchObject({ type: 'run-finished', executed: 0, cached: 9, fetched: 0 });
    const { results } = (await second.json('verify', '--all')).recomputed;
    expect(results.map(({ state }: { state: string }) => state)).toEqual(Array(9).fill('same'));
    await second.driftline('gc', '--yes', '--grace', '0');
    expect((await second.json('plan', '--no-cache')).counts).toMatchObject({ cached: 9, run: 0 });
  });

  it('is told what a revoked key left, and computes it', async () => {
    const second = reader();
    await second.driftline('run');
    const { out } = await second.driftline('key', 'revoke', 'alice');
    expect(out).toContain('9 results that it signed were removed');
    expect(readFileSync(join(second.root, 'driftline.keys'), 'utf8')).toBe(`revoked ${PUBLIC.text}\n`);
    expect((await second.driftline('run')).out).toContain('9 executed, 0 cached');
    expect((await second.driftline('key', 'trust', 'alice', PUBLIC.text)).err).toContain('is revoked');
  });
});

describe('a run', () => {
  it('asks nobody with --no-cache', async () => {
    const asked = server.asked.length;
    expect((await reader().driftline('run', '--no-cache')).out).toContain('9 executed, 0 cached');
    expect(server.asked.length).toBe(asked);
  });

  it('uploads nothing unless it is asked to, and then tells it as an event', async () => {
    const puts = server.count('PUT');
    const checkout = new Checkout(folder, writerEnv);
    await checkout.driftline('run', '--set', 'n=4');
    expect(server.count('PUT')).toBe(puts);
    const told = events((await checkout.driftline('run', '--set', 'n=5', '--cache-write', '--json')).out);
    const uploaded = told.find(({ type }) => type === 'cache-uploaded')!;
    expect(uploaded).toMatchObject({ place: server.url, failed: 0 });
    expect(uploaded.uploaded).toBe(told.filter(({ type }) => type === 'action-finished').length);
  });

  it('of a study that wishes to write reads only where there is no key, and says so', async () => {
    const checkout = reader();
    checkout.env = { XDG_CONFIG_HOME: checkout.env.XDG_CONFIG_HOME };
    checkout.write({ 'pipeline.yaml': `${SMALL['pipeline.yaml']}cache: { url: ${server.url}, write: true }\n` });
    const { code, out, err } = await checkout.driftline('run');
    expect(code).toBe(0);
    expect(out).toContain('9 fetched');
    expect(err).toContain('there is no key to sign with (driftline key create)');
  });
});
