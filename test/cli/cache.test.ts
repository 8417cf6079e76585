import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { CacheServer } from '../store/remote/server.ts';
import { Checkout, PEM, PUBLIC } from './checkout.ts';
import { events, SMALL } from './study.ts';

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
  it('fills itself with nothing computed, as plan said, and has the same bytes', async () => {
    const second = reader();
    const plan = await second.json('plan');
    expect(plan.counts).toEqual({ cached: 9, run: 0, shared: 0, depends: 0, 'not-needed': 0, remote: 9 });
    expect((await second.driftline('run', '--dry-run')).out).toContain(
      'Nothing to compute: 9 results to fetch from the shared cache, 0 are there.',
    );
    const { code, out, err } = await second.driftline('run', '--strict');
    expect({ code, err }).toEqual({ code: 3, err: '' });
    expect(out).toMatch(/Done in .*: 0 executed, 0 cached, 9 fetched\./);
    expect(second.results).toEqual(first.results);
    expect((await second.driftline('run')).out).toContain('Nothing had to run: all 9 results were there already.');
    const why = await second.driftline('why', 'sums.table');
    expect(why.out).toContain(`fetched from a shared cache, signed by alice (${PUBLIC.id.slice(0, 12)})`);
    expect((await second.json('why', 'squares')).made[0].hits[0]).toMatchObject({ signedBy: PUBLIC.id });
  });

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

  it('takes nothing while it trusts nobody, says so in one line, and computes', async () => {
    const second = new Checkout(folder, { DRIFTLINE_CACHE: server.url });
    const { code, out, err } = await second.driftline('run');
    expect(code).toBe(0);
    expect(out).toContain('9 executed, 0 cached');
    const notices = err.split('\n').filter((line) => line.startsWith('!'));
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain(`${PUBLIC.id.slice(0, 12)} signed, which is not trusted here (driftline key list)`);
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

  it('with a cache that is dead says so once, and ends as without one', async () => {
    const dead = await CacheServer.start();
    const url = dead.url;
    await dead.stop();
    const checkout = new Checkout(folder, { DRIFTLINE_CACHE: url, DRIFTLINE_SIGNING_KEY: PEM });
    const { code, out, err } = await checkout.driftline('run', '--cache-write');
    expect(code).toBe(0);
    expect(out).toContain('9 executed, 0 cached');
    expect(err.match(/cannot be reached \(ECONNREFUSED\)/g)).toHaveLength(2); // that it is, and that it is left alone
    expect(err).toContain('9 could not be: driftline cache push tries again.');
  });

  it('sends credentials to the cache that the environment names, never to one that only the study names', async () => {
    server.authorizations.clear();
    const checkout = reader();
    checkout.env = { XDG_CONFIG_HOME: checkout.env.XDG_CONFIG_HOME, DRIFTLINE_CACHE_TOKEN: 'hush' };
    checkout.write({ 'pipeline.yaml': `${SMALL['pipeline.yaml']}cache: ${server.url}\n` });
    expect((await checkout.json('cache', 'stat')).counts).toEqual({ both: 0, here: 0, there: 9, nowhere: 0 });
    expect([...server.authorizations]).toEqual([undefined]);
    server.authorizations.clear();
    checkout.env = { ...checkout.env, DRIFTLINE_CACHE: server.url };
    await checkout.json('cache', 'stat');
    expect([...server.authorizations]).toEqual(['Bearer hush']);
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
