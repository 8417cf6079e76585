import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addToKeyList, isKeyName, readKeyList, revokeInKeyList, trustOf } from '../../../src/store/remote/keyList.ts';
import { damagedAtEveryBit, orUndefined } from '../damage.ts';
import { temporaryFolders } from '../folder.ts';
import { freshKey } from './keys.ts';

const folder = temporaryFolders();
const [alice, ci, mallory] = [freshKey().public, freshKey().public, freshKey().public];

describe('a list of keys', () => {
  it('that is not there trusts nobody', () => {
    expect(readKeyList(join(folder(), 'driftline.keys'))).toEqual({ trusted: [], revoked: [] });
  });

  it('keeps comments and other lines, and says one thing of a key', () => {
    const path = join(folder(), 'driftline.keys');
    writeFileSync(path, `# who computes for us\nalice ${alice.text} # since May\n\n`);
    addToKeyList(path, { name: 'ci', public: ci, namespaces: ['main', 'nightly'] });
    addToKeyList(path, { name: 'ci', public: ci, namespaces: ['main'] });
    expect(readFileSync(path, 'utf8')).toBe(
      `# who computes for us\nalice ${alice.text} # since May\nci ${ci.text} main\n`,
    );
    revokeInKeyList(path, alice);
    const { trusted, revoked } = readKeyList(path);
    expect(trusted.map(({ name, namespaces }) => [name, namespaces])).toEqual([['ci', ['main']]]);
    expect(revoked.map(({ id }) => id)).toEqual([alice.id]);
  });

  it.each([
    ['a key without a name', alice.text],
    ['no key', 'alice'],
    ['half a key', `alice ${alice.text.slice(0, 30)}`],
    ['a revocation of less than the key', `revoked ${alice.text} main`],
    ['a name that could be taken for something else', `-x ${alice.text}`],
  ])('with %s is not read at all, for the line may have been a revocation', (_, line) => {
    const path = join(folder(), 'driftline.keys');
    writeFileSync(path, `ci ${ci.text}\n${line}\n`);
    expect(() => readKeyList(path)).toThrow(`${path}:2: expected`);
  });

  it('never trusts a key that it revokes, whichever bit of its lines is another', () => {
    const path = join(folder(), 'driftline.keys');
    const whole = Buffer.from(`ci ${ci.text} main\nrevoked ${mallory.text}\n`);
    for (const damaged of damagedAtEveryBit(whole)) {
      writeFileSync(path, damaged);
      const list = orUndefined(() => readKeyList(path), 'KeyListError');
      const { trusted } = list ?? { trusted: [] };
      expect(trusted.map((key) => key.public.id)).not.toContain(mallory.id);
    }
  });

  it('is no link', () => {
    const root = folder();
    writeFileSync(join(root, 'elsewhere'), `ci ${ci.text}\n`);
    symlinkSync(join(root, 'elsewhere'), join(root, 'driftline.keys'));
    expect(() => readKeyList(join(root, 'driftline.keys'))).toThrow('not a plain file');
  });

  it('names a key in letters, and not as a revocation', () => {
    expect(['alice', 'ci-2', 'a@b.org', 'Zoë'].every(isKeyName)).toBe(true);
    expect(['revok', 'invoked', 'devoted', 'rev'].every(isKeyName)).toBe(true);
    expect(['Revoked', 'revoke', 'evoked', 'revoked2', 'revooked', 'r_voked'].some(isKeyName)).toBe(false);
    expect(['', 'revoked', 'a b', '#a', '-a', 'a\n'].some(isKeyName)).toBe(false);
  });
});

describe('trust', () => {
  it('is what any list says, in the namespaces that it names, unless one revokes it', () => {
    const study = { trusted: [{ name: 'ci', public: ci, namespaces: ['main'] }], revoked: [mallory] };
    const user = {
      trusted: [
        { name: 'alice', public: alice },
        { name: 'mallory', public: mallory },
      ],
      revoked: [],
    };
    const trust = trustOf([study, user]);
    expect(trust(alice.id, 'anywhere')).toBe(alice);
    expect([trust(ci.id, 'main'), trust(ci.id, 'pull-requests')]).toEqual([ci, undefined]);
    expect(trust(mallory.id, 'main')).toBeUndefined();
    expect(trust('f'.repeat(64), 'main')).toBeUndefined();
    expect(trustOf([study, { trusted: [{ name: 'ci', public: ci }], revoked: [] }])(ci.id, 'other')).toBe(ci);
  });
});
