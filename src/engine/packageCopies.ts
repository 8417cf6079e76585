import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findPackage, nameInPackage, packageClosure } from './packages.ts';

interface Copy {
  /** Its file. */
  readonly copy: string;
  /** The packages that are in it: `name` → version, or several joined by a comma. */
  readonly versions: Readonly<Record<string, string>>;
  /** Packages whose copies it imports, each with the file of it that is copied. */
  readonly beside: Readonly<Record<string, string>>;
}

/** Where the packages are that Driftline comes with as one file each, below its own folder. */
const COPIES = join('dist', 'packages');

/**
 * Finds copies of packages that are one file each. A thread that loads a package file by file opens hundreds of them, and
 * takes longer for it than for most actions. Keys name packages and versions, so nothing but time depends on which of the
 * two a kind is given; and a copy is taken only where it is of the very versions that are installed.
 */
export class PackageCopies {
  readonly #folder: string;
  readonly #base: string;
  /** By `package/file`. */
  readonly #index: Readonly<Record<string, Copy>>;
  /** What was found: every module of a kind asks for what it imports, and most import the same. */
  readonly #known = new Map<string, string | undefined>();

  /**
   * @param home Driftline's own folder; where it was not built there are no copies
   * @param base where else packages are found that a package depends on
   */
  constructor(home: string, base: string) {
    this.#folder = join(home, COPIES);
    this.#base = base;
    this.#index = readIndex(join(this.#folder, 'index.json'));
  }

  /** The copy of a package's file, as an absolute path. */
  of(file: string): string | undefined {
    if (!this.#known.has(file)) this.#known.set(file, this.#find(file));
    return this.#known.get(file);
  }

  #find(file: string): string | undefined {
    const name = nameInPackage(file);
    if (name === undefined || !Object.hasOwn(this.#index, name)) return undefined;
    const { copy, versions, beside } = this.#index[name];
    const { versions: installed } = packageClosure([dirname(file)], this.#base);
    const are = (other: string): readonly string[] => installed[other]?.split(',') ?? [];
    const same =
      Object.entries(versions).every(([other, all]) => all.split(',').every((one) => are(other).includes(one))) &&
      Object.entries(beside).every(([other, part]) => {
        const folder = findPackage(other, dirname(file)) ?? findPackage(other, this.#base);
        return folder !== undefined && this.of(join(folder, part)) !== undefined;
      });
    return same ? join(this.#folder, copy) : undefined;
  }
}

function readIndex(path: string): Readonly<Record<string, Copy>> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, Copy>;
  } catch {
    return {};
  }
}
