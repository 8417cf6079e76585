import { compareCodePoints } from './canonical.ts';
import { newestRuns, type RunRecord, readRun, runIds } from './runs.ts';
import { isTagName, readTag } from './tags.ts';

/** What a name of a run came to. */
export type NamedRun =
  | { readonly state: 'found'; readonly record: RunRecord }
  /** There are fewer runs than the name goes back. */
  | { readonly state: 'too-few'; readonly runs: number }
  | { readonly state: 'unknown' }
  | { readonly state: 'ambiguous'; readonly ids: readonly string[] }
  | { readonly state: 'damaged-tag' }
  | { readonly state: 'damaged-run' | 'gone'; readonly id: string };

const LAST = /^last(?:~(\d{1,6}))?$/;

/**
 * A run by `last`, `last~2` (two before the last), a tag, its id or an unambiguous beginning of its id.
 *
 * @param profile counts only runs of this profile for `last`; undefined: all
 */
export function nameRun(storeRoot: string, name: string, profile?: string): NamedRun {
  const last = LAST.exec(name);
  if (last !== null) return fromLast(storeRoot, Number(last[1] ?? 0), profile);
  const file = isTagName(name) ? readTag(storeRoot, name) : undefined;
  if (file !== undefined) return file.tag === undefined ? { state: 'damaged-tag' } : byId(storeRoot, file.tag.run);
  const ids = runIds(storeRoot).filter((id) => name !== '' && id.startsWith(name));
  if (ids.length === 0) return { state: 'unknown' };
  if (ids.length > 1 && !ids.includes(name)) return { state: 'ambiguous', ids: ids.sort(compareCodePoints) };
  return byId(storeRoot, ids.includes(name) ? name : ids[0]);
}

function fromLast(storeRoot: string, back: number, profile: string | undefined): NamedRun {
  let runs = 0;
  for (const record of newestRuns(storeRoot)) {
    if (profile !== undefined && record.profile !== profile) continue;
    if (runs === back) return { state: 'found', record };
    runs++;
  }
  return { state: 'too-few', runs };
}

function byId(storeRoot: string, id: string): NamedRun {
  if (!runIds(storeRoot).includes(id)) return { state: 'gone', id };
  const record = readRun(storeRoot, id);
  return record === undefined ? { state: 'damaged-run', id } : { state: 'found', record };
}
