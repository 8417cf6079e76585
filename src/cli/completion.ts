import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type ArgumentHandler, type OptionHandler, type RootCommand, script } from '@bomb.sh/tab';
import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { kindNames } from '../engine/kindPaths.ts';
import { readDocument } from '../study/document.ts';
import { at } from '../study/nodes.ts';
import { makeSource } from '../study/places.ts';
import { Problems } from '../study/problems.ts';
import { BASH_COMPLETION } from './bashCompletion.ts';
import { PACKAGE_ROOT } from './package.ts';
import { openSession } from './session.ts';
import { storeOf } from './storeFolder.ts';

/** Under this name the library puts a command of its own into the program; it is taken out again. */
const OWN_COMMAND = 'completion-of-the-library';
const NAME = 'driftline';

/** The script that a shell sources: it asks `driftline complete -- …` at each Tab. */
export function printScript(shell: string): void {
  if (shell === 'bash') process.stdout.write(BASH_COMPLETION);
  else script(shell, NAME, NAME);
}

/** Options whose value is a path, which the shell itself completes; commands whose argument is one. */
const PATHS = new Set(['--file', '--out', '--input']);
const OF_A_PATH = new Set(['init', 'export']);

/** What is printed in place of suggestions where the shell is to complete the name of a file. */
const FILES = ':0\n';

/**
 * Words that no shell takes for something else. Others are not suggested: a shell may put them into the line as they are,
 * and they come from a study that its user may know nothing of.
 */
const PLAIN = /^[\p{L}\p{N}_][\p{L}\p{N}_.:@%+=,-]*$/u;

/** A suggestion with its description on one line, as shells expect it. */
function suggestOne(suggest: Parameters<ArgumentHandler>[0], name: string, description: string): void {
  if (PLAIN.test(name)) suggest(name, description.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim());
}

/** Prints what may follow the words, one suggestion a line. Whatever is wrong with the study, there are just fewer. */
export async function printSuggestions(program: Command, words: readonly string[]): Promise<void> {
  if (PATHS.has(words.at(-2) ?? '') || (words.length === 2 && OF_A_PATH.has(words[0]) && !words[1].startsWith('-'))) {
    process.stdout.write(FILES);
    return;
  }
  const root = rootOf(program);
  const file = givenValue(words, '--file') ?? 'pipeline.yaml';
  const names = await studyNames(file, words[0] === 'show').catch(() => []);
  const profiles = profilesOf(file);
  const suggestNames: ArgumentHandler = (suggest) => {
    for (const [name, description] of names) suggestOne(suggest, name, description);
  };
  const suggestProfiles: OptionHandler = (suggest) => {
    for (const profile of profiles) suggestOne(suggest, profile, 'profile');
  };
  const suggestKinds: ArgumentHandler = (suggest) => {
    for (const kind of kindNames({ study: dirname(resolve(file)), package: PACKAGE_ROOT }))
      suggestOne(suggest, kind, 'kind of stage');
  };
  for (const command of root.commands.values()) {
    for (const [name, argument] of command.arguments) {
      if (name === 'target' || name === 'targets') argument.handler = suggestNames;
      if (name === 'kind') argument.handler = suggestKinds;
    }
    const profile = command.options.get('profile');
    if (profile !== undefined) profile.handler = suggestProfiles;
  }
  // It takes the last word away where that is empty, and its words are ours to keep.
  root.parse([...words]);
}

function rootOf(program: Command): RootCommand {
  const root = tab(program, { completionCommandName: OWN_COMMAND });
  root.commands.delete(OWN_COMMAND);
  return root;
}

function givenValue(words: readonly string[], option: string): string | undefined {
  const at = words.indexOf(option);
  if (at >= 0) return words[at + 1];
  return words.find((word) => word.startsWith(`${option}=`))?.slice(option.length + 1);
}

/**
 * Stages and claims of a study that was read before: a first reading takes longer than anyone waits for a Tab. Of tables
 * there are the outputs of stages instead.
 */
async function studyNames(file: string, tables: boolean): Promise<[name: string, description: string][]> {
  if (!existsSync(join(storeOf(dirname(resolve(file))), 'plans'))) return [];
  const { plan } = await openSession({ file, set: {} });
  const stages = plan.stages.filter(({ name }) => !name.startsWith('claim:'));
  if (tables) {
    return stages.flatMap(({ name, uses, outputs }) =>
      Object.entries(outputs).flatMap(([output, { type }]): [string, string][] =>
        type === 'table' ? [[`${name}.${output}`, uses]] : [],
      ),
    );
  }
  return [
    ...stages.map(({ name, uses }): [string, string] => [name, uses]),
    ...plan.claims.map(({ id, says }): [string, string] => [id, says]),
  ];
}

/** Read alone, without the rest of the study: a profile is asked for before the study is known to be right. */
function profilesOf(file: string): readonly string[] {
  try {
    const main = readDocument(makeSource(file, readFileSync(file, 'utf8')), new Problems());
    const profiles = at(main, 'profiles');
    return profiles?.kind === 'map' ? [...profiles.entries.keys()] : [];
  } catch {
    return [];
  }
}
