import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Checkout, PUBLIC } from '../cli/checkout.ts';
import { sharedStudy } from '../cli/sharedStudy.ts';
import { events, SMALL } from '../cli/study.ts';

const shared = sharedStudy();

describe('a second checkout with an empty store', () => {
  it('pulls one target, verifies what it got, and keeps it through gc', async () => {
    const second = shared.reader();
    const pulled = await second.json('cache', 'pull', 'other');
    expect(pulled).toMatchObject({ cache: shared.server.url, namespace: 'main', failed: [], here: 0, missing: 0 });
    expect(pulled.fetched).toEqual(['other', 'other.rows']);
    expect((await second.driftline('cache', 'pull')).out).toBe(
      `7 results fetched from ${shared.server.url}, 2 were here already.\n`,
    );
    const ran = events((await second.driftline('run', '--no-cache', '--json')).out);
    expect(ran.at(-1)).toMatchObject({ type: 'run-finished', executed: 0, cached: 9, fetched: 0 });
    const { results } = (await second.json('verify', '--all')).recomputed;
    expect(results.map(({ state }: { state: string }) => state)).toEqual(Array(9).fill('same'));
    await second.driftline('gc', '--yes', '--grace', '0');
    expect((await second.json('plan', '--no-cache')).counts).toMatchObject({ cached: 9, run: 0 });
  });

  it('is told what a revoked key left, and computes it', async () => {
    const second = shared.reader();
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
    const asked = shared.server.asked.length;
    expect((await shared.reader().driftline('run', '--no-cache')).out).toContain('9 executed, 0 cached');
    expect(shared.server.asked.length).toBe(asked);
  });

  it('uploads nothing unless it is asked to, and then tells it as an event', async () => {
    const puts = shared.server.count('PUT');
    const checkout = new Checkout(shared.folder, shared.writerEnv);
    await checkout.driftline('run', '--set', 'n=4');
    expect(shared.server.count('PUT')).toBe(puts);
    const told = events((await checkout.driftline('run', '--set', 'n=5', '--cache-write', '--json')).out);
    const uploaded = told.find(({ type }) => type === 'cache-uploaded')!;
    expect(uploaded).toMatchObject({ place: shared.server.url, failed: 0 });
    expect(uploaded.uploaded).toBe(told.filter(({ type }) => type === 'action-finished').length);
  });

  it('of a study that wishes to write reads only where there is no key, and says so', async () => {
    const checkout = shared.reader();
    checkout.env = { XDG_CONFIG_HOME: checkout.env.XDG_CONFIG_HOME };
    checkout.write({ 'pipeline.yaml': `${SMALL['pipeline.yaml']}cache: { url: ${shared.server.url}, write: true }\n` });
    const { code, out, err } = await checkout.driftline('run');
    expect(code).toBe(0);
    expect(out).toContain('9 fetched');
    expect(err).toContain('there is no key to sign with (driftline key create)');
  });
});
