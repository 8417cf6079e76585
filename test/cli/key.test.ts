import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSigningKey } from '../../src/store/remote/signing.ts';
import { temporaryFolders } from '../store/folder.ts';
import { Checkout, PEM, PUBLIC } from './checkout.ts';

const folder = temporaryFolders();

describe('driftline key', () => {
  it('makes a private key that only its owner can read, once, never in the study, and refuses one that others can read', async () => {
    const checkout = new Checkout(folder);
    const { path, public: text, id } = await checkout.json('key', 'create');
    expect(path).toBe(join(checkout.env.XDG_CONFIG_HOME, 'driftline', 'signing.key'));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readSigningKey(readFileSync(path, 'utf8'))?.public).toMatchObject({ text, id });
    expect(existsSync(join(checkout.root, 'driftline.keys'))).toBe(false);
    expect((await checkout.driftline('key', 'create')).err).toContain('There is a key already');
    expect((await checkout.driftline('key', 'list')).out).toContain(`Your key: ${id.slice(0, 12)}  ${text}`);
    chmodSync(path, 0o640);
    const { code, err } = await checkout.driftline('key', 'list');
    expect([code, err]).toEqual([2, expect.stringContaining(`chmod 600 ${path}`)]);
  });

  it('trusts a public key, in the study or for the user, and refuses what is none', async () => {
    const checkout = new Checkout(folder);
    checkout.write({ 'alice.pub': `${PUBLIC.text}\n`, 'mine.pem': PEM });
    expect(await checkout.json('key', 'trust', 'alice', 'alice.pub', '--user')).toMatchObject({ id: PUBLIC.id });
    expect(existsSync(join(checkout.root, 'driftline.keys'))).toBe(false);
    const { out } = await checkout.driftline('key', 'trust', 'ci', PUBLIC.text, '--namespace', 'main');
    expect(out).toContain('are taken in this study; commit driftline.keys to share that');
    const { own, keys } = await checkout.json('key', 'list');
    expect(own).toBeNull();
    expect(keys).toMatchObject([
      { where: 'study', name: 'ci', namespaces: ['main'], state: 'trusted' },
      { where: 'user', name: 'alice', namespaces: [], state: 'trusted' },
    ]);
    for (const [given, message] of [
      ['mine.pem', 'is a private key: its owner keeps it'],
      ['ed25519:abc', 'is no public key'],
    ]) {
      const { code, err } = await checkout.driftline('key', 'trust', 'x', given);
      expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    }
    expect((await checkout.driftline('key', 'trust', 'revoked', PUBLIC.text)).code).toBe(2);
    expect((await checkout.driftline('key', 'revoke', 'nobody')).err).toContain('No key is called "nobody"');
  });
});
