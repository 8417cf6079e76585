import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ActionLog } from '../../src/store/actions.ts';
import { auditStore } from '../../src/store/audit.ts';
import { sha256 } from '../../src/store/canonical.ts';
import { BlobError, Cas } from '../../src/store/cas.ts';
import { Checkpoints } from '../../src/store/checkpoints.ts';
import { findGarbage } from '../../src/store/garbage.ts';
import { Leases } from '../../src/store/leases.ts';
import { LockError, readLock } from '../../src/store/lockFile.ts';
import { materialise } from '../../src/store/materialise.ts';
import { NotAFile, readPlain } from '../../src/store/ownFile.ts';
import { readSealed, writeSealed } from '../../src/store/sealed.ts';
import { lineOf } from '../../src/store/segments.ts';
import { StatCache } from '../../src/store/statCache.ts';
import { checkStore, checkWay, UntrustedFolder } from '../../src/store/trust.ts';
import { temporaryFolders } from './folder.ts';

const folder = temporaryFolders();

const RECORD = { seconds: 1, run: 'r', target: 't' };

/** Why a look at a folder refused it; undefined where it did not. */
function distrust(look: () => void): string | undefined {
  try {
    look();
    return undefined;
  } catch (error) {
    if (error instanceof UntrustedFolder) return error.distrust.reason;
    throw error;
  }
}

/** A store with a little of everything. */
function fill(root: string): void {
  const cas = new Cas(root);
  const digest = cas.put(Buffer.from('bytes'));
  const log = new ActionLog(root, 'run');
  log.append('key', { ...RECORD, outputs: { table: { digest, bytes: 5 } } }, { format: 1 });
  log.close();
  new Checkpoints(root).save(sha256('growth'), { at: 1, bytes: Buffer.from('state') });
  writeSealed(join(root, 'runs', 'r.json'), {});
  const leases = new Leases(root);
  leases.acquire('key');
  leases.close();
}

describe('what the store makes', () => {
  let before: number;
  beforeAll(() => {
    before = process.umask(0);
  });
  afterAll(() => {
    process.umask(before);
  });

  it('can be written by the world nowhere, whatever the umask', () => {
    const root = join(folder(), '.driftline');
    fill(root);
    const entries = readdirSync(root, { recursive: true, withFileTypes: true });
    expect(entries.length).toBeGreaterThan(12);
    for (const entry of [...entries.map(({ parentPath, name }) => join(parentPath, name)), root]) {
      expect([entry, statSync(entry).mode & 0o002]).toEqual([entry, 0]);
    }
    const blob = new Cas(root).path(sha256('bytes'));
    expect(statSync(blob).mode & 0o777).toBe(0o444);
    expect(distrust(() => checkStore(root))).toBeUndefined();
  });
});

describe('a store', () => {
  it.each(['cas', 'cas/sha256', 'actions', 'kinds', 'leases', 'runs', 'stat.json', 'cas/sha256/ab'])(
    'is refused where %s is a link',
    (path) => {
      const [root, elsewhere] = [join(folder(), '.driftline'), folder()];
      mkdirSync(join(root, path, '..'), { recursive: true });
      symlinkSync(elsewhere, join(root, path));
      expect(distrust(() => checkStore(root))).toBe('link');
    },
  );

  it('may be a link of one’s own to a store on another disk', () => {
    const [study, disk] = [folder(), folder()];
    const [link, root] = [join(study, '.driftline'), join(disk, 'store')];
    symlinkSync(root, link);
    expect(distrust(() => checkStore(link))).toBe('broken-link');
    mkdirSync(root);
    expect(checkStore(link)).toBe(realpathSync(root)); // empty
    fill(root);
    expect(checkStore(link)).toBe(realpathSync(root));
    chmodSync(root, 0o777);
    expect(distrust(() => checkStore(link))).toBe('world-writable');
    chmodSync(root, 0o755);
    chmodSync(disk, 0o777); // anybody could put another one in its place
    expect(distrust(() => checkStore(link))).toBe('world-writable');
    chmodSync(disk, 0o1777);
    expect(distrust(() => checkStore(link))).toBeUndefined();
    symlinkSync(disk, join(root, 'slurm'));
    expect(distrust(() => checkStore(link))).toBe('link');
  });

  it('is refused where a link leads to what is no store, or is somebody else’s', () => {
    const [study, elsewhere] = [folder(), folder()];
    const link = join(study, '.driftline');
    writeFileSync(join(elsewhere, 'precious'), 'precious');
    symlinkSync(elsewhere, link);
    expect(distrust(() => checkStore(link))).toBe('not-a-store');
    if (process.getuid?.() !== 0) return;
    const root = folder();
    lchownSync(link, 4321, 4321);
    expect(distrust(() => checkStore(link))).toBe('foreign-owner');
    rmSync(link);
    symlinkSync(root, link);
    chownSync(root, 4321, 4321);
    expect(distrust(() => checkStore(link))).toBe('foreign-owner');
  });

  it('is refused where all the world can write it, or a folder of it', () => {
    const root = join(folder(), '.driftline');
    fill(root);
    chmodSync(join(root, 'cas'), 0o777);
    expect(distrust(() => checkStore(root))).toBe('world-writable');
    chmodSync(join(root, 'cas'), 0o775);
    chmodSync(root, 0o1777);
    expect(distrust(() => checkStore(root))).toBe('world-writable');
  });

  it('is refused to who is neither its owner nor the owner of the study', () => {
    const study = folder();
    const root = join(study, '.driftline');
    mkdirSync(root);
    const { uid } = statSync(root);
    expect(distrust(() => checkStore(root, uid))).toBeUndefined();
    // Somebody else asks: the study is the same owner's, so is its code.
    expect(distrust(() => checkStore(root, uid + 4321))).toBeUndefined();
    if (process.getuid?.() !== 0) return;
    chownSync(root, 4321, 4321);
    expect(distrust(() => checkStore(root))).toBe('foreign-owner');
    expect(distrust(() => checkStore(root, 4321))).toBeUndefined();
    chownSync(study, 4321, 4321);
    expect(distrust(() => checkStore(root))).toBeUndefined();
  });
});

describe('the way to a file below a folder', () => {
  it('is refused where it leads through a link or a file', () => {
    const [root, elsewhere] = [folder(), folder()];
    mkdirSync(join(root, 'a'));
    symlinkSync(elsewhere, join(root, 'a', 'link'));
    writeFileSync(join(root, 'a', 'file'), '');
    expect(distrust(() => checkWay(root, join(root, 'a', 'new', 'x')))).toBeUndefined();
    expect(distrust(() => checkWay(root, join(root, 'a', 'link')))).toBeUndefined();
    expect(distrust(() => checkWay(root, join(root, 'a', 'link', 'x')))).toBe('link');
    expect(distrust(() => checkWay(root, join(root, 'a', 'file', 'x')))).toBe('not-a-folder');
    expect(distrust(() => checkWay(join(root, 'a', 'link'), join(root, 'a', 'link', 'x')))).toBe('link');
  });
});

describe('a file of the store that is no plain file', () => {
  const pipe = (path: string): void => void execFileSync('mkfifo', [path]);

  it('is neither followed nor waited for', () => {
    const root = folder();
    writeFileSync(join(root, 'secret'), 'secret');
    symlinkSync(join(root, 'secret'), join(root, 'link'));
    symlinkSync('/dev/zero', join(root, 'endless'));
    symlinkSync('nowhere', join(root, 'broken'));
    pipe(join(root, 'pipe'));
    mkdirSync(join(root, 'folder'));
    for (const name of ['link', 'endless', 'broken', 'pipe', 'folder']) {
      expect(() => readPlain(join(root, name)), name).toThrow(NotAFile);
      expect(readSealed(join(root, name)), name).toBeUndefined();
    }
    expect(readPlain(join(root, 'none'))).toBeUndefined();
    expect(() => readLock(join(root, 'link'))).toThrow(LockError);
    expect(() => new StatCache(root, root).digest('pipe')).toThrow(NotAFile);
  });

  it.each(['link', 'pipe', 'folder'])('is no blob: a %s in the place of one is removed', (kind) => {
    const [root, elsewhere] = [folder(), folder()];
    const cas = new Cas(root);
    const secret = join(elsewhere, 'secret');
    writeFileSync(secret, 'secret');
    const put = (digest: string): string => {
      const path = cas.path(digest);
      mkdirSync(join(path, '..'), { recursive: true });
      if (kind === 'link') symlinkSync(secret, path);
      else if (kind === 'pipe') pipe(path);
      else mkdirSync(join(path, 'in'), { recursive: true });
      return path;
    };
    // Even where the bytes behind the link are the right ones: later they may be others.
    const path = put(sha256('secret'));
    expect(auditStore(root).damaged.map(({ digest }) => digest)).toEqual([sha256('secret')]);
    const out = join(elsewhere, 'out');
    expect(() => materialise(cas, sha256('secret'), out, new StatCache(root, root))).toThrow(BlobError);
    expect([existsSync(path), existsSync(out)]).toEqual([false, false]);
    put(sha256('secret'));
    expect(cas.put(Buffer.from('secret'))).toBe(sha256('secret'));
    expect(lstatSync(path).isFile()).toBe(true);
    expect(readFileSync(secret, 'utf8')).toBe('secret');
  });
});

describe('a record that somebody made up', () => {
  it('leads to no file outside the store, and removes none', () => {
    const [root, elsewhere] = [folder(), folder()];
    const precious = join(elsewhere, 'precious');
    writeFileSync(precious, 'precious');
    const digest = `../../../../../../../../../../${precious}`;
    const cas = new Cas(root);
    expect(() => cas.get(digest)).toThrow(BlobError);
    expect(() => cas.discard(digest)).toThrow(BlobError);
    expect(() => cas.has(digest)).toThrow(BlobError);
    expect(readFileSync(precious, 'utf8')).toBe('precious');
  });

  const output = { digest: 'd'.repeat(64), bytes: 1 };
  it.each([
    'null',
    '1',
    '"x"',
    '[]',
    '{}',
    '{',
    'NaN',
    JSON.stringify({ ...RECORD, outputs: null }),
    JSON.stringify({ ...RECORD, outputs: { t: null } }),
    JSON.stringify({ ...RECORD, outputs: { t: { ...output, digest: '../../x' } } }),
    JSON.stringify({ ...RECORD, outputs: { t: { ...output, bytes: -1 } } }),
    JSON.stringify({ ...RECORD, outputs: { t: { ...output, rows: 1e300 } } }),
    JSON.stringify({ ...RECORD, outputs: { t: output }, target: 1 }),
  ])('counts as none: %s', (text) => {
    const root = folder();
    const line = lineOf('key', text);
    mkdirSync(join(root, 'actions'));
    writeFileSync(join(root, 'actions', 'a.log'), line);
    writeFileSync(join(root, 'actions', 'a.manifests'), line);
    const log = new ActionLog(root, 'new');
    expect(log.get('key')).toBeUndefined();
    log.manifests();
    expect(auditStore(root).broken).toEqual(['key']);
    const none = new Set<string>();
    const garbage = findGarbage(
      root,
      { keys: none, digests: none, growth: none },
      { now: Date.now() + 10_000, graceMs: 0, journals: [], derived: [], runs: [] },
    );
    expect(garbage.records.map(({ key }) => key)).toEqual(['key']);
  });
});
