import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nameInPackage, packageClosure } from './packages.ts';

/** By `package/file`: a copy with all that it imports in it, and the versions of the packages that are. */
type Index = Readonly<Record<string, { readonly copy: string; readonly versions: Readonly<Record<string, string>> }>>;

/** Where the packages are that Driftline comes with as one file each, below its own folder. */
const COPIES = join('dist', 'packages');

/**
 * Finds copies of packages that are one file each. A thread that loads a package file by file opens hundreds of them, and takes longer
 * for it than for most actions. Keys name packages and versions, so nothing but time depends on which of the two a kind
 * is given; and a copy is taken only where it is of the very versions that are installed.
 */
export class PackageCopies {
  readonly #folder: string;
  readonly #index: Index;

  /** @param home Driftline's own folder; where it was not built there are no copies */
  constructor(home: string) {
    this.#folder = join(home, COPIES);
    this.#index = readIndex(join(this.#folder, 'index.json'));
  }

  /**
   * The copy of a package's file, as an absolute path.
   *
   * @param base where else packages are found that the package depends on
   */
  of(file: string, base: string): string | undefined {
    const name = nameInPackage(file);
    if (name === undefined || !Object.hasOwn(this.#index, name)) return undefined;
    const { copy, versions } = this.#index[name];
    const installed = packageClosure([dirname(file)], base).versions;
    const same = Object.entries(versions).every(([each, version]) => installed[each] === version);
    return same ? join(this.#folder, copy) : undefined;
  }
}

function readIndex(path: string): Index {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Index;
  } catch {
    return {};
  }
}
