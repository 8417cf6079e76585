import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { compareCodePoints, type Digest, sha256 } from '../store/canonical.ts';

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface PackageClosure {
  readonly versions: Readonly<Record<string, string>>;
  /** The package.json files that say so, as they were read, in code-point order of their absolute paths. */
  readonly manifests: readonly ReadManifest[];
}

export interface ReadManifest {
  readonly path: string;
  readonly version: string;
  /** Of its bytes. */
  readonly digest: Digest;
}

/**
 * The versions of the packages around `entries` (folders inside packages) and of all that they depend on, as installed:
 * `name` → `version`, or several versions joined by a comma where the tree holds several.
 *
 * Optional dependencies are left out: which of them is installed says what machine this is (`…-linux-x64-gnu`), and
 * their version is that of the package which asks for them.
 */
export function packageClosure(entries: readonly string[], base: string): PackageClosure {
  const versions = new Map<string, Set<string>>();
  const seen = new Set<string>();
  const manifests: ReadManifest[] = [];
  const pending = entries.flatMap((folder) => packageFolder(folder) ?? []);
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    if (seen.has(folder)) continue;
    seen.add(folder);
    const path = join(folder, 'package.json');
    const bytes = readFileSync(path);
    const manifest = JSON.parse(bytes.toString('utf8')) as Manifest;
    const { version = 'none' } = manifest;
    manifests.push({ path, version, digest: sha256(bytes) });
    if (manifest.name === undefined) continue;
    const known = versions.get(manifest.name) ?? new Set();
    versions.set(manifest.name, known.add(version));
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      if (manifest.optionalDependencies?.[name] !== undefined) continue;
      const dependency = findPackage(name, folder) ?? findPackage(name, base);
      if (dependency !== undefined) pending.push(dependency);
    }
  }
  return {
    versions: Object.fromEntries(
      [...versions]
        .sort(([a], [b]) => compareCodePoints(a, b))
        .map(([name, all]) => [name, [...all].sort(compareCodePoints).join(',')]),
    ),
    manifests: manifests.sort((a, b) => compareCodePoints(a.path, b.path)),
  };
}

/** `name/file` for a file of a package: the same on every machine, also where the package is linked from elsewhere. */
export function nameInPackage(path: string): string | undefined {
  const folder = packageFolder(dirname(path));
  return folder && `${readManifest(folder).name}/${relative(folder, path).split(sep).join('/')}`;
}

/** The nearest folder upwards whose package.json has a name: nested ones without a name only mark module types. */
function packageFolder(folder: string): string | undefined {
  for (let at = folder; dirname(at) !== at; at = dirname(at)) {
    if (existsSync(join(at, 'package.json')) && readManifest(at).name !== undefined) return at;
  }
  return undefined;
}

/** Where a package is found from a folder: the nearest node_modules upwards. */
export function findPackage(name: string, from: string): string | undefined {
  for (let at = from; dirname(at) !== at; at = dirname(at)) {
    const candidate = join(at, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
  }
  return undefined;
}

/** The version that a package.json names; undefined where there is no such file now, as while packages are installed. */
export function versionIn(manifest: string): string | undefined {
  try {
    return readManifest(dirname(manifest)).version ?? 'none';
  } catch {
    return undefined;
  }
}

const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
