import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { Checkout, PEM, PUBLIC } from './checkout.ts';

const folder = temporaryFolders();

/** One for all refusals: its study is read once. */
const refusing = new Checkout(folder);

describe('driftline cache', () => {
  it('pushes what was computed here, once; and says what is where', async () => {
    const shared = folder();
    const checkout = new Checkout(folder, { DRIFTLINE_CACHE: shared, DRIFTLINE_SIGNING_KEY: PEM });
    await checkout.driftline('run');
    expect((await checkout.json('cache', 'stat')).counts).toEqual({ both: 0, here: 9, there: 0, nowhere: 0 });
    expect((await checkout.driftline('cache', 'push', 'squares')).out).toBe(
      `3 results uploaded to ${shared}, 0 were there already.\n`,
    );
    expect(await checkout.json('cache', 'push')).toMatchObject({ there: 3, withheld: [], failed: [] });
    const { out } = await checkout.driftline('cache', 'stat');
    expect(out).toContain('9 here and there, 0 only here, 0 only there, 0 to compute or not yet known');
    expect(out).toContain(`you (${PUBLIC.id.slice(0, 12)})`);
    rmSync(join(checkout.root, '.driftline'), { recursive: true });
    expect((await checkout.driftline('run')).out).toContain('9 fetched');
    expect((await checkout.driftline('cache', 'push')).out).toContain('9 not computed here and left to those who did');
  });

  it('keeps namespaces apart, and trusts a key only where its line says', async () => {
    const shared = folder();
    const writer = new Checkout(folder, {
      DRIFTLINE_CACHE: shared,
      DRIFTLINE_CACHE_NAMESPACE: 'pull-requests',
      DRIFTLINE_SIGNING_KEY: PEM,
    });
    await writer.driftline('run', '--cache-write');
    const there = async (namespace: string) => {
      const checkout = new Checkout(folder, { DRIFTLINE_CACHE: shared, DRIFTLINE_CACHE_NAMESPACE: namespace });
      await checkout.driftline('key', 'trust', 'ci', PUBLIC.text, '--namespace', 'pull-requests');
      return (await checkout.json('plan')).counts.remote;
    };
    expect([await there('main'), await there('pull-requests')]).toEqual([0, 9]);
  });

  it.each<[string, Readonly<Record<string, string>>, readonly string[], RegExp]>([
    ['without a cache', {}, ['cache', 'stat'], /There is no shared cache\. Name one with `cache:`/],
    ['writing nowhere', {}, ['run', '--cache-write'], /There is no cache to write to/],
    ['both ways at once', {}, ['run', '--cache-write', '--no-cache'], /exclude each other/],
    ['an address with a secret', { DRIFTLINE_CACHE: 'https://a:b@c.org' }, ['run'], /DRIFTLINE_CACHE is no address/],
    ['a namespace that is none', { DRIFTLINE_CACHE: '/x', DRIFTLINE_CACHE_NAMESPACE: '../x' }, ['run'], /NAMESPACE is/],
    ['no key to sign with', { DRIFTLINE_CACHE: '/x' }, ['cache', 'push'], /driftline key create makes one/],
    ['a key that is none', { DRIFTLINE_CACHE: '/x', DRIFTLINE_SIGNING_KEY: 'x' }, ['run'], /no Ed25519 private key/],
  ])('refuses %s', async (_, env, args, message) => {
    refusing.env = { XDG_CONFIG_HOME: refusing.env.XDG_CONFIG_HOME, ...env };
    const { code, err, out } = await refusing.driftline(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
    expect(err).not.toContain('a:b');
  });

  it('names the line of a list of keys that says nothing', async () => {
    const checkout = new Checkout(folder, { DRIFTLINE_CACHE: '/x' });
    checkout.write({ 'driftline.keys': `alice ${PUBLIC.text}\nrevokd ed25519:abc\n` });
    const { code, err } = await checkout.driftline('run');
    expect([code, err]).toEqual([2, expect.stringMatching(/driftline\.keys:2: expected `name ed25519/)]);
  });
});
