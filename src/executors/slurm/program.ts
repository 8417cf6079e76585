import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { writeAtomically } from '../../store/atomic.ts';
import { compareCodePoints, type Digest, digestOf, isDigest, sha256 } from '../../store/canonical.ts';
import { touch } from '../../store/cas.ts';
import { readPlainOrNone } from '../../store/ownFile.ts';

/** The program that does jobs. */
export interface JobProgram {
  /** Of its copy in the store; absent where there is none. */
  readonly digest?: Digest;
  /** Its words before those of the job. */
  readonly words: readonly string[];
  /** Makes sure that it is there. Throws a StoreError where the file system refuses. */
  seal(): void;
}

/** Holds copies of the program, each under the digest of all its files. */
export const programsFolder = (storeRoot: string): string => join(storeRoot, 'programs');

/** The file of the program that is started. */
const ENTRY = 'slurmTask.mjs';

/**
 * A copy of the program in the store, on the disk that the nodes share. A job may start days after it was submitted: it then
 * is done by the program of who submitted it, though Driftline was upgraded, built anew or removed meanwhile.
 */
export class SealedProgram implements JobProgram {
  readonly #storeRoot: string;
  readonly #source: string;
  readonly #node: string;
  #read: { readonly digest: Digest; readonly files: ReadonlyMap<string, Buffer> } | undefined;

  /**
   * @param source a folder with the program and nothing else, which is read when it is needed first
   * @param node what runs it
   */
  constructor(storeRoot: string, source: string, node: string) {
    this.#storeRoot = storeRoot;
    this.#source = source;
    this.#node = node;
  }

  get digest(): Digest {
    return this.#contents.digest;
  }

  get words(): readonly string[] {
    return [this.#node, join(this.#folder, ENTRY)];
  }

  /** Puts back what was removed or damaged meanwhile. */
  seal(): void {
    for (const [name, bytes] of this.#contents.files) {
      const path = join(this.#folder, name);
      if (!readPlainOrNone(path)?.equals(bytes) || !touch(path)) writeAtomically(path, bytes, { readOnly: true });
    }
  }

  get #folder(): string {
    return join(programsFolder(this.#storeRoot), this.digest);
  }

  /** What was read first stays, though the source is another one later: all jobs of a run are done by one program. */
  get #contents() {
    if (this.#read === undefined) {
      const files = filesOf(this.#source);
      this.#read = { digest: digestOfFiles(files), files };
    }
    return this.#read;
  }
}

/** Whether the files of a copy are what the name of its folder says; true for what is no copy in a store. */
export const isWholeProgram = (folder: string): boolean =>
  !isDigest(basename(folder)) || digestOfFiles(filesOf(folder)) === basename(folder);

const digestOfFiles = (files: ReadonlyMap<string, Buffer>): Digest =>
  digestOf('program', Object.fromEntries([...files].map(([name, bytes]) => [name, sha256(bytes)])));

/** By their names below the folder, in code-point order. */
function filesOf(folder: string): Map<string, Buffer> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort(compareCodePoints);
  return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
}
