import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bundleKind } from '../../src/engine/bundle.ts';
import { PackageCopies } from '../../src/engine/packageCopies.ts';
import { temporaryFolders } from '../store/folder.ts';

const HOME = fileURLToPath(new URL('../..', import.meta.url));
const COPIES = join(HOME, 'dist', 'packages');
const folder = temporaryFolders();

interface Copy {
  readonly copy: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly beside: Readonly<Record<string, string>>;
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

  it.each(Object.keys(index))('stand for %s as it is installed here', (file) => {
    expect(new PackageCopies(HOME, HOME).of(join(HOME, 'node_modules', file))).toBe(join(COPIES, index[file].copy));
  });

  it('stand for no other file', () => {
    expect(new PackageCopies(HOME, HOME).of(join(HOME, 'node_modules', 'yaml', 'dist', 'index.js'))).toBeUndefined();
  });

  it('are left alone where a package in them is installed in another version', () => {
    const [arquero] = Object.keys(index).filter((name) => name.startsWith('arquero/'));
    const [vega] = Object.keys(index).filter((name) => name.startsWith('vega/'));
    const [lite] = Object.keys(index).filter((name) => name.startsWith('vega-lite/'));
    expect(index[lite].beside).toHaveProperty('vega');
    const homeOfOther = (name: string, other: string): string =>
      homeWith({ ...index, [name]: { ...index[name], versions: { ...index[name].versions, [other]: '0.0.1' } } });
    const found = (home: string, name: string) => new PackageCopies(home, HOME).of(join(HOME, 'node_modules', name));
    expect(found(homeOfOther(arquero, 'acorn'), arquero)).toBeUndefined();
    expect(found(homeOfOther(vega, 'd3-array'), lite)).toBeUndefined();
    expect(found(homeOfOther(vega, 'd3-array'), arquero)).toBeDefined();
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
