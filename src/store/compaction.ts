import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from './atomic.ts';
import { lineOf, linesOf, readSegments } from './segments.ts';

/** What to compact, and what to leave out. */
export interface Compaction {
  readonly folder: string;
  readonly extension: string;
  /** Whether the segment, last changed at that time, may be rewritten. */
  mayRewrite(mtimeMs: number): boolean;
  /** Of the newest record of a key. */
  keep(key: string, text: string): boolean;
}

/**
 * Merges segments into one, with the newest record of each key that is kept and no damaged line. The merged segment is
 * in place before a former one is removed. Where nothing would be gained, nothing is written.
 *
 * A writer that is still alive loses nothing: its segment is first moved to another name under which it is read as
 * well, and removed only if it has not grown since it was read; and a writer whose segment was moved appends anew.
 */
export function compact({ folder, extension, mayRewrite, keep }: Compaction): void {
  const segments = readSegments(folder, extension);
  const old = segments.filter(({ name }) => mayRewrite(statSync(join(folder, name)).mtimeMs));
  const merged = new Set(old.map(({ name }) => name));
  // The newest record wins over all segments: what a segment that stays overrides must not rise above it again.
  const newest = new Map<string, { readonly name: string; readonly text: string }>();
  let lines = 0;
  for (const { name, bytes } of segments) {
    for (const line of linesOf(bytes)) {
      if (merged.has(name)) lines++;
      if (line !== undefined) newest.set(line.key, { name, text: line.text });
    }
  }
  const kept = [...newest].filter(([key, { name, text }]) => merged.has(name) && keep(key, text));
  if (old.length === 0 || (old.length === 1 && kept.length === lines)) return;
  const last = old[old.length - 1].name;
  if (kept.length > 0) {
    const text = kept.map(([key, record]) => lineOf(key, record.text)).join('');
    writeAtomically(join(folder, besides(last, extension)), text, { readOnly: true }); // it will not grow
  }
  for (const { name, bytes } of old) {
    const aside = join(folder, besides(name, extension));
    renameSync(join(folder, name), aside);
    if (statSync(aside).size === bytes.length) rmSync(aside);
  }
}

/** A new segment's name that takes the place of another in the order: `+` comes before whatever else may follow. */
const besides = (name: string, extension: string): string =>
  `${name.slice(0, -extension.length).split('+')[0]}+${randomBytes(6).toString('hex')}${extension}`;
