import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, type Ended, ending } from '../cli/study.ts';
import { temporaryFolders } from '../store/folder.ts';
import { COLD, EDITED } from './crashStudy.ts';
import { below, Victim } from './failpoints.ts';

const folder = temporaryFolders();

/** Permissions do not bind root, who runs as nobody here; anyone else is bound as they are. */
const AS = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

function start(root: string, args: readonly string[]): Promise<Ended> {
  const { NODE_EXTRA_CA_CERTS: _, FORCE_COLOR: __, ...env } = process.env;
  return ending(spawn(process.execPath, [BIN, ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], ...AS }));
}

/** Whether that user may read this checkout at all. */
const able = spawnSync(process.execPath, [BIN, '--version'], { cwd: '/', stdio: 'ignore', ...AS }).status === 0;

/** A study and what it left, all of them that user's. */
async function own(): Promise<Victim> {
  const root = folder();
  const victim = new Victim(root, COLD);
  if (AS.uid !== undefined) {
    chmodSync(root, 0o755);
    for (const path of [victim.study.root, join(victim.study.root, 'stages'), ...below(victim.study.root)]) {
      chownSync(path, AS.uid, AS.gid);
    }
  }
  return victim;
}

describe.skipIf(!able)('without permission (needs a checkout that others can read)', () => {
  it.each([
    ['the study’s folder', '.'],
    ['the store', '.driftline'],
    ['the records', '.driftline/actions'],
    ['the blobs', '.driftline/cas/sha256'],
    ['out/', 'out'],
    ['the tables', 'out/tables'],
  ])('to write %s, a run says so in one line, and is done when it has it', async (_, path) => {
    const victim = await own();
    const { root } = victim.study;
    if (path !== '.') {
      expect(await start(root, ['run'])).toMatchObject({ code: 0 });
      victim.study.write(EDITED);
    }
    chmodSync(join(root, path), 0o555);
    const { code, err } = await start(root, ['run', '--json']);
    expect(err).toMatch(/^No permission: \S+ cannot be written \(EACCES\)\. See who owns it and its folder\.\n$/);
    expect(code).toBe(1);
    expect(victim.halfBlobs()).toEqual([]);
    chmodSync(join(root, path), 0o755);
    expect(await start(root, ['run', '--json'])).toMatchObject({ code: 0, err: '' });
    expect((await start(root, ['run'])).out).toContain('Nothing had to run');
  });

  it.each([
    ['the records', '.driftline/actions'],
    ['the blobs', '.driftline/cas/sha256'],
  ])('to read %s, a run says so in one line, and loses nothing', async (_, path) => {
    const victim = await own();
    const { root } = victim.study;
    await start(root, ['run']);
    const before = readdirSync(join(root, path)).length;
    chmodSync(join(root, path), 0o000);
    const { code, err } = await start(root, ['run', '--json']);
    expect(err).toMatch(/^[^\n]*out of reach: EACCES[^\n]*\n$/);
    expect(code).toBe(1);
    chmodSync(join(root, path), 0o755);
    expect(readdirSync(join(root, path))).toHaveLength(before);
    expect((await start(root, ['run'])).out).toContain('Nothing had to run');
  });

  it('to write where a study is exported to, the export says so in one line, and leaves nothing there', async () => {
    const { root } = (await own()).study;
    expect(await start(root, ['run'])).toMatchObject({ code: 0 });
    const above = folder();
    chmodSync(above, 0o755);
    const closed = join(above, 'closed');
    mkdirSync(closed, 0o755);
    for (const place of ['crate', 'crate.zip', 'deeper/crate']) {
      chmodSync(closed, 0o555);
      expect(await start(root, ['export', join(closed, place)])).toEqual({
        code: 1,
        out: '',
        err: expect.stringMatching(
          /^No permission: \S+ cannot be written \(EACCES\)\. See who owns it and its folder\.\n$/,
        ),
      });
      chmodSync(closed, 0o755);
      expect(readdirSync(closed)).toEqual([]);
    }
  });
});
