import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bundleKind } from '../../src/engine/bundle.ts';
import { PackageCopies } from '../../src/engine/packageCopies.ts';
import { temporaryFolders } from '../store/folder.ts';

const HOME = fileURLToPath(new URL('../..', import.meta.url));
const COPIES = join(HOME, 'dist', 'packages');
const TYPEBOX = join(HOME, 'node_modules', '@sinclair', 'typebox', 'build', 'esm', 'index.mjs');
const folder = temporaryFolders();

interface Copy {
  readonly copy: string;
  readonly versions: Readonly<Record<string, string>>;
}

const index = JSON.parse(readFileSync(join(COPIES, 'index.json'), 'utf8')) as Record<string, Copy>;

/** A home with the packages of this one, and another index of copies. */
function homeWith(changed: Readonly<Record<string, Copy>>): string {
  const home = folder();
  for (const name of ['package.json', 'node_modules', 'src', 'stages']) symlinkSync(join(HOME, name), join(home, name));
  mkdirSync(join(home, 'dist', 'packages'), { recursive: true });
  writeFileSync(join(home, 'dist', 'packages', 'index.json'), JSON.stringify(changed));
  return home;
}

describe('copies of packages', () => {
  it.each(Object.entries(index))('give what %s gives', async (file, { copy }) => {
    const own = await import(pathToFileURL(join(HOME, 'node_modules', file)).href);
    const copied = await import(pathToFileURL(join(COPIES, copy)).href);
    expect(Object.keys(copied).sort()).toEqual(Object.keys(own).sort());
    expect(Object.keys(own).length).toBeGreaterThan(0);
  });

  it('are found by the file that a kind imports', () => {
    expect(dirname(new PackageCopies(HOME).of(TYPEBOX, HOME)!)).toBe(COPIES);
    expect(new PackageCopies(HOME).of(join(HOME, 'node_modules', 'yaml', 'dist', 'index.js'), HOME)).toBeUndefined();
  });

  it('are left alone where a package in them is installed in another version', () => {
    const [arquero] = Object.keys(index).filter((name) => name.startsWith('arquero/'));
    const older = { ...index[arquero], versions: { ...index[arquero].versions, acorn: '1.0.0' } };
    const file = join(HOME, 'node_modules', arquero);
    const [same, other] = [homeWith(index), homeWith({ ...index, [arquero]: older })];
    expect(new PackageCopies(same).of(file, HOME)).toBe(join(same, 'dist', 'packages', index[arquero].copy));
    expect(new PackageCopies(other).of(file, HOME)).toBeUndefined();
  });

  it('change no digest of a kind, nor the packages that it is said to be made of', async () => {
    const [bare, full] = [folder(), HOME];
    for (const name of ['package.json', 'node_modules', 'src']) symlinkSync(join(HOME, name), join(bare, name));
    const path = join(HOME, 'stages', 'join.ts');
    const [without, withCopies] = [await bundleKind(path, HOME, bare), await bundleKind(path, HOME, full)];
    expect(withCopies.digest).toBe(without.digest);
    expect(withCopies.packages).toEqual(without.packages);
    expect(withCopies.manifests).toEqual(without.manifests);
    expect(withCopies.code).toContain(pathToFileURL(COPIES).href);
    expect(without.code).not.toContain('dist/packages');
  });
});
