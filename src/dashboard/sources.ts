import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compareCodePoints } from '../store/canonical.ts';
import type { OpenStudy } from './liveStudy.ts';

/** The files that a study was read from and rests on, looked at again and again: is it still what was read? */
export class Sources {
  readonly #open: OpenStudy;
  readonly #files: readonly string[];
  readonly #folders: readonly string[];
  #state: string;

  constructor(open: OpenStudy) {
    this.#open = open;
    const files = new Set(Object.keys(open.plan.sources));
    // An include may match a file that is new.
    this.#folders = [...new Set([...files].map((path) => dirname(path)))];
    for (const { sources } of open.kinds.values()) for (const name of Object.keys(sources)) files.add(name);
    for (const { cells } of open.plan.stages) {
      for (const cell of cells) {
        for (const path of [...Object.values(cell.files), ...(cell.program?.code ?? [])]) files.add(path);
        for (const input of Object.values(cell.inputs)) if (input.from === 'file') files.add(input.path);
      }
    }
    this.#files = [...files];
    this.#state = this.#look();
  }

  /** Whether something became other since this was asked last. */
  changed(): boolean {
    const before = this.#state;
    this.#state = this.#look();
    return this.#state !== before;
  }

  #look(): string {
    const { stats, studyRoot } = this.#open;
    const orNone = (look: () => string): string => {
      try {
        return look();
      } catch {
        return 'none'; // as of a kind that comes with Driftline itself
      }
    };
    return [
      ...this.#files.map((path) => orNone(() => stats.digest(join(studyRoot, path)))),
      ...this.#folders.map((path) => orNone(() => studyFilesIn(join(studyRoot, path)))),
    ].join();
  }
}

const studyFilesIn = (folder: string): string =>
  readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort(compareCodePoints)
    .join('/');
