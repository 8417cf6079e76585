import { compareCodePoints } from '../store/canonical.ts';
import { type RunRecord, readRun, runIds } from '../store/runs.ts';
import { allTags } from '../store/tags.ts';
import type { Session } from './session.ts';

/** An earlier run that people gave a name, with its names. */
export interface TaggedRun {
  readonly tags: readonly string[];
  readonly record: RunRecord;
}

/** The newest tagged run of the session's profile other than this one, if its journal is there. */
export function lastTaggedRun({ storeRoot, plan }: Session, run: string): TaggedRun | undefined {
  const tags = new Map<string, string[]>();
  for (const { name, tag } of allTags(storeRoot)) {
    if (tag !== undefined && tag.run !== run) tags.set(tag.run, [...(tags.get(tag.run) ?? []), name]);
  }
  if (tags.size === 0) return undefined;
  const known = new Set(runIds(storeRoot)); // a tag is a file: only what is the name of a journal is read
  for (const id of [...tags.keys()]
    .filter((one) => known.has(one))
    .sort(compareCodePoints)
    .reverse()) {
    const record = readRun(storeRoot, id);
    if (record !== undefined && record.profile === plan.profile) return { tags: tags.get(id)!, record };
  }
  return undefined;
}
