import { dirname, resolve } from 'node:path';
import { readRun, runIds } from '../../store/runs.ts';
import { allTags, readTag, removeTag, type TagFile, writeTag } from '../../store/tags.ts';
import { CliError, EXIT } from '../exit.ts';
import { checkNewTag, checkTagName } from '../journal.ts';
import { runNamed } from '../runName.ts';
import { storeOf } from '../storeFolder.ts';
import { columns } from '../text.ts';

export interface TagOptions {
  readonly file: string;
  readonly delete?: boolean;
  readonly json?: boolean;
}

/** `driftline tag <name> [run]`, `driftline tag`, `driftline tag --delete <name>`. */
export async function tagCommand(name: string | undefined, run: string, options: TagOptions): Promise<number> {
  const storeRoot = storeOf(dirname(resolve(options.file)));
  if (options.delete) return deleteTag(storeRoot, name, options);
  if (name === undefined) return listTags(storeRoot, options);
  checkNewTag(storeRoot, name);
  const { id } = runNamed(storeRoot, run);
  const tag = { name, run: id, taggedAt: new Date().toISOString() };
  writeTag(storeRoot, tag);
  say(options.json ? JSON.stringify(tag, null, 2) : `${name} is now the name of run ${id}.`);
  return EXIT.done;
}

function deleteTag(storeRoot: string, name: string | undefined, { json }: TagOptions): number {
  if (name === undefined) throw new CliError('Which tag is to be deleted? driftline tag lists them.');
  checkTagName(name);
  const file = readTag(storeRoot, name);
  if (file === undefined) throw new CliError(`There is no tag ${name}: driftline tag lists them.`);
  removeTag(storeRoot, name);
  if (json) say(JSON.stringify({ name, run: file.tag?.run ?? null, deleted: true }, null, 2));
  else if (file.tag === undefined) say(`The damaged tag ${name} is gone.`);
  else say(`${name} is no longer the name of run ${file.tag.run}.`);
  return EXIT.done;
}

/** The tags, each with the state of what it names. A damaged one is told, and is no error. */
function listTags(storeRoot: string, { json }: TagOptions): number {
  const ids = new Set(runIds(storeRoot));
  const tags = allTags(storeRoot).map(({ name, tag }) => {
    const record = tag !== undefined && ids.has(tag.run) ? readRun(storeRoot, tag.run) : undefined;
    const journal = tag === undefined || ids.has(tag.run) ? 'damaged-run' : 'gone';
    const state: keyof typeof REMARKS = tag === undefined ? 'damaged' : record !== undefined ? 'whole' : journal;
    return { name, run: tag?.run ?? null, taggedAt: tag?.taggedAt ?? null, profile: record?.profile ?? null, state };
  });
  if (json) say(JSON.stringify(tags, null, 2));
  else if (tags.length === 0) say('No run has a tag. driftline tag <name> gives one to the last run.');
  else for (const line of columns(tags.map(words))) say(line);
  return EXIT.done;
}

const REMARKS = {
  whole: '',
  damaged: 'damaged: it does not say which run it names',
  'damaged-run': "the run's journal is damaged",
  gone: "the run's journal is no longer there",
} as const;

const words = (tag: { name: string; run: string | null; profile: string | null; state: keyof typeof REMARKS }) => [
  tag.name,
  tag.run ?? '',
  [tag.profile === null ? '' : `profile ${tag.profile}`, REMARKS[tag.state]].filter((text) => text !== '').join(', '),
];

/** The names that runs have: run id → tags. */
export function tagsByRun(files: readonly TagFile[]): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const { name, tag } of files) if (tag !== undefined) names.set(tag.run, [...(names.get(tag.run) ?? []), name]);
  return names;
}

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
