import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { licenceOf, personOf } from '../../src/cli/credit.ts';
import type { CrateFile } from '../../src/crate/model.ts';
import { temporaryFolders } from '../store/folder.ts';

const folder = temporaryFolders();
const document = (path: string): CrateFile => ({
  path,
  bytes: 0,
  sha256: '0'.repeat(64),
  about: { role: 'document' },
  read: () => new Uint8Array(),
});

describe('a licence', () => {
  it('is the one that is named, by its SPDX identifier or address', () => {
    const beside = [document('LICENSE')];
    expect(licenceOf({ license: 'CC-BY-4.0' }, '.', beside)).toEqual({
      from: 'address',
      url: 'https://spdx.org/licenses/CC-BY-4.0',
      name: 'CC-BY-4.0',
    });
    const url = 'https://example.org/terms';
    expect(licenceOf({ license: url }, '.', beside)).toEqual({ from: 'address', url, name: url });
    expect(() => licenceOf({ license: 'do what you like' }, '.', [])).toThrow('Expected an SPDX identifier');
  });

  it('is else that of a file beside the study, and no other file', () => {
    for (const path of ['LICENSE', 'LICENCE.md', 'COPYING', 'license.txt']) {
      expect(licenceOf({}, '.', [document('README.md'), document(path)])).toEqual({ from: 'file', path });
    }
    expect(licenceOf({}, '.', [document('README.md'), document('driftline-0.1.0/LICENSE')])).toEqual({
      from: 'nowhere',
    });
  });

  it.each([
    ['{"license":"MIT"}', { from: 'address', url: 'https://spdx.org/licenses/MIT', name: 'MIT' }],
    ['{"license":"UNLICENSED"}', { from: 'nowhere' }],
    ['{"license":"SEE LICENSE IN terms.txt"}', { from: 'nowhere' }],
    ['{"license":{"type":"MIT"}}', { from: 'nowhere' }],
    ['{}', { from: 'nowhere' }],
    ['not JSON', { from: 'nowhere' }],
  ])('is else what package.json names: %s', (text, expected) => {
    const root = folder();
    writeFileSync(join(root, 'package.json'), text);
    expect(licenceOf({}, root, [document('package.json')])).toEqual(expected);
    expect(licenceOf({}, root, [])).toEqual({ from: 'nowhere' });
  });
});

describe('who ran a study', () => {
  it('is nobody unless named', () => {
    expect(personOf({})).toBeUndefined();
    expect(personOf({ by: 'Ada' })).toEqual({ name: 'Ada' });
    expect(() => personOf({ by: ' ' })).toThrow('empty');
    expect(() => personOf({ orcid: '0000-0002-1825-0097' })).toThrow('--by');
  });

  it('may have an ORCID, whose last character is checked', () => {
    for (const orcid of ['0000-0002-1825-0097', '0000-0002-1694-233X', 'https://orcid.org/0000-0001-5109-3700']) {
      expect(personOf({ by: 'J', orcid })?.orcid).toBe(`https://orcid.org/${orcid.slice(-19)}`);
    }
    for (const orcid of ['0000-0002-1825-0098', '0000-0002-1825-097', '0000000218250097', '0000-0002-1694-2333', 'x']) {
      expect(() => personOf({ by: 'J', orcid })).toThrow('no ORCID');
    }
  });
});
