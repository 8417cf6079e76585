import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../../store/canonical.ts';
import { namesIn } from '../../store/folders.ts';
import { batchFolder, batchTokens, readActions, readJournals } from './batch.ts';
import { programsFolder } from './program.ts';
import { readResult, resultNames } from './resultFiles.ts';

/** Milliseconds after which nobody is expected to ask for what jobs did that no run waited for: longer than any queue. */
const FORGOTTEN_MS = 30 * 86_400_000;

/** What arrays of jobs left in a store. */
export interface Leftovers {
  /**
   * Files of arrays that nobody will ask for any more (all of their results are on record, or they are very old), and of
   * programs that do no others.
   */
  readonly dead: readonly string[];
  /** Bundles that the others run. */
  readonly bundles: ReadonlySet<string>;
  /** Blobs that the others need, or gave. */
  readonly digests: ReadonlySet<Digest>;
}

/** Looks at what arrays of jobs left; `now` in milliseconds since 1970. */
export function findLeftovers(storeRoot: string, isRecorded: (key: Digest) => boolean, now: number): Leftovers {
  const journals = new Map(readJournals(storeRoot).map((journal) => [journal.token, journal]));
  const dead: string[] = [];
  const digests = new Set<Digest>();
  const bundles = new Set<string>();
  const programs = new Set<Digest | undefined>();
  for (const token of batchTokens(storeRoot)) {
    const folder = batchFolder(storeRoot, token);
    const journal = journals.get(token);
    const files = filesBelow(folder);
    const newest = Math.max(0, ...files.map((path) => lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0));
    if (journal === undefined || journal.elements.flat().every(isRecorded) || now - newest > FORGOTTEN_MS) {
      dead.push(...files);
      continue;
    }
    programs.add(journal.program);
    for (const element of journal.elements.keys()) {
      for (const { task } of readActions(folder, element)?.actions ?? []) {
        bundles.add(task.bundle);
        for (const digest of Object.values(task.files)) digests.add(digest);
        for (const input of Object.values(task.inputs).flat()) digests.add(input.digest);
      }
    }
    for (const name of resultNames(folder)) {
      for (const [, result] of readResult(folder, token, name)?.results ?? []) {
        if (result.ok) for (const { digest } of Object.values(result.outputs)) digests.add(digest);
      }
    }
  }
  for (const name of namesIn(programsFolder(storeRoot))) {
    if (!programs.has(name)) dead.push(...filesBelow(join(programsFolder(storeRoot), name)));
  }
  return { dead, bundles, digests };
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
