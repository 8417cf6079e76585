import { appendFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { COLD, EDITED } from './crashStudy.ts';
import { below, keysOf, sizeOf, Victim, WHOLE } from './failpoints.ts';
import { canMount, SmallDisk } from './fileSystems.ts';

const folder = temporaryFolders();
const mounts = canMount();
const ENOUGH = 64 * 2 ** 20;

/** One line for a person, and no stack. */
const ONE_LINE = /^[^\n]+\n$/;

/** Writes into a file until nothing more fits on its disk. */
function fill(path: string): void {
  for (const size of [2 ** 20, 4096, 1]) {
    try {
      for (;;) appendFileSync(path, Buffer.alloc(size));
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    }
  }
}

async function undisturbed(): Promise<Victim> {
  const victim = new Victim(folder(), COLD);
  const { code, err } = await victim.study.driftline('run');
  if (code !== 0) throw new Error(err);
  return victim;
}
const reference = await undisturbed();
const good = reference.results();
const needed = sizeOf(join(reference.study.root, '.driftline'));

describe.skipIf(!mounts)('a disk that is full (needs leave to mount)', () => {
  // The store grows through all its kinds of state; the disk ends at another one each time.
  it.each(Array.from({ length: 9 }, (_, k) => [Math.round((needed * (k + 1)) / 10.5 / 4096) * 4096] as const))(
    'of %i bytes ends the run with one clear line; when there is room it is finished',
    async (bytes) => {
      const victim = new Victim(folder(), COLD);
      const disk = new SmallDisk(join(victim.study.root, '.driftline'), bytes);
      try {
        const { code, out, err } = await victim.study.driftline('run', '--json');
        expect(err).toMatch(ONE_LINE);
        expect(err).toMatch(
          /^The disk is full: \.driftline\/\S+ cannot be written \(ENOSPC\)\. What is finished is kept/,
        );
        expect(code).toBe(1);
        expect(victim.halfBlobs()).toEqual([]);
        const committed = victim.committed();
        expect(committed).toEqual(expect.arrayContaining(keysOf('action-finished', out)));

        disk.remount(`size=${ENOUGH}`);
        const again = await victim.study.driftline('run', '--json');
        expect({ code: again.code, err: again.err }).toEqual({ code: 0, err: '' });
        expect(keysOf('action-finished', again.out).filter((key) => committed.includes(key))).toEqual([]);
        expect(victim.results()).toEqual(good);
        expect((await victim.study.driftline('run')).out).toContain('Nothing had to run');
      } finally {
        disk.unmount();
      }
    },
  );

  it('has room made on it by gc, which needs none', async () => {
    const victim = new Victim(folder(), COLD);
    const store = join(victim.study.root, '.driftline');
    const disk = new SmallDisk(store, ENOUGH);
    const filler = join(store, 'filler');
    try {
      expect((await victim.study.driftline('run')).code).toBe(0);
      victim.study.write(EDITED);
      expect((await victim.study.driftline('run')).code).toBe(0);
      const then = new Date(Date.now() - 86_400_000);
      for (const path of below(store)) utimesSync(path, then, then);
      fill(filler);
      const { code, out, err } = await victim.study.driftline('gc', '--yes', '--keep-runs', '1', '--json');
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(JSON.parse(out).records.length).toBeGreaterThan(0);
      expect(victim.audit()).toMatchObject(WHOLE);
      rmSync(filler);
      expect((await victim.study.driftline('run')).out).toContain('Nothing had to run');
    } finally {
      disk.unmount();
    }
  });

  it('under out/ leaves no half file there', async () => {
    const victim = new Victim(folder(), COLD);
    const disk = new SmallDisk(join(victim.study.root, 'out'), 5 * 4096);
    try {
      const { code, err } = await victim.study.driftline('run', '--json');
      expect(err).toMatch(ONE_LINE);
      expect(err).toMatch(/^The disk is full: out\/\S+ cannot be written/);
      expect(code).toBe(1);
      for (const [path, digest] of Object.entries(victim.results())) expect(digest).toBe(good[path]);
      disk.remount(`size=${ENOUGH}`);
      const again = await victim.study.driftline('run', '--json');
      expect({ code: again.code, executed: keysOf('action-finished', again.out) }).toEqual({ code: 0, executed: [] });
      expect(victim.results()).toEqual(good);
    } finally {
      disk.unmount();
    }
  });
});

describe.skipIf(!mounts)('a store that is read-only (needs leave to mount)', () => {
  it('answers what it holds, refuses to run in one line, and is unharmed', async () => {
    const victim = new Victim(folder(), COLD);
    const disk = new SmallDisk(join(victim.study.root, '.driftline'), ENOUGH);
    try {
      expect((await victim.study.driftline('run')).code).toBe(0);
      disk.remount('ro');
      const standing = await victim.study.driftline('run');
      expect(standing).toMatchObject({ code: 0, err: '' });
      expect(standing.out).toContain('Nothing had to run');
      for (const args of [['status'], ['claims'], ['show', 'sums'], ['plan'], ['why', 'sums']]) {
        expect(await victim.study.driftline(...args), args.join(' ')).toMatchObject({ code: 0, err: '' });
      }

      victim.study.write(EDITED);
      const { code, err } = await victim.study.driftline('run', '--json');
      expect(err).toMatch(ONE_LINE);
      expect(err).toMatch(/^The file system is read-only: \.driftline\/\S+ cannot be written \(EROFS\)\.$/m);
      expect(code).toBe(1);

      disk.remount('rw');
      victim.study.write(COLD);
      expect((await victim.study.driftline('run')).code).toBe(0);
      expect(victim.results()).toEqual(good);
    } finally {
      disk.unmount();
    }
  });

  it('and empty refuses in one line', async () => {
    const victim = new Victim(folder(), COLD);
    const disk = new SmallDisk(join(victim.study.root, '.driftline'), ENOUGH);
    try {
      disk.remount('ro');
      const { code, err } = await victim.study.driftline('run');
      expect(err).toMatch(/^The file system is read-only: [^\n]+\n$/);
      expect(code).toBe(1);
    } finally {
      disk.unmount();
    }
  });
});
