import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn } from './folders.ts';
import { readSealed, writeSealed } from './sealed.ts';
import { writing } from './storeError.ts';

/** A name that people gave a run. */
export interface Tag {
  readonly name: string;
  /** The run's id. */
  readonly run: string;
  readonly taggedAt: string;
}

/** A tag as it was found; undefined where it is damaged. */
export interface TagFile {
  readonly name: string;
  readonly tag: Tag | undefined;
}

/**
 * Whether a tag may have this name: it is a file's, and must be neither a path nor one of the names that runs have
 * without a tag.
 */
export const isTagName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name) && name !== 'last';

const folder = (storeRoot: string): string => join(storeRoot, 'tags');
const pathOf = (storeRoot: string, name: string): string => {
  if (!isTagName(name)) throw new RangeError(`a tag cannot be called ${JSON.stringify(name)}`);
  return join(folder(storeRoot), `${name}.json`);
};

/** Puts a tag in place in one step, also where there was one of its name. */
export const writeTag = (storeRoot: string, tag: Tag): void => writeSealed(pathOf(storeRoot, tag.name), tag);

/** A tag by its name; undefined where there is none. */
export function readTag(storeRoot: string, name: string): TagFile | undefined {
  return allTags(storeRoot).find((file) => file.name === name);
}

/** Every tag, in the order of their names. */
export const allTags = (storeRoot: string): TagFile[] =>
  namesIn(folder(storeRoot))
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .filter(isTagName)
    .map((name) => ({ name, tag: readWhole(storeRoot, name) }));

/** A file that was copied to another name is no tag of that name. */
function readWhole(storeRoot: string, name: string): Tag | undefined {
  const tag = readSealed<Tag>(pathOf(storeRoot, name));
  return tag?.name === name ? tag : undefined;
}

export function removeTag(storeRoot: string, name: string): void {
  const path = pathOf(storeRoot, name);
  writing(path, () => rmSync(path, { force: true }));
}
