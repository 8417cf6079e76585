import { posix } from 'node:path';
import { nearest } from '../tables/nearest.ts';
import { CHAPTER_KEYS, MAIN_KEYS } from './header.ts';
import { at } from './nodes.ts';
import type { Chapter } from './plan.ts';
import { oneOf, type Problems, quote } from './problems.ts';
import { entriesOf, textOf } from './shape.ts';
import type { Sources, StudyFile } from './sources.ts';

/** Each included file is a chapter, and the main file where it has stages or claims of its own. */
export function readChapters({ main, included }: Sources, study: string, problems: Problems): Chapter[] {
  const chapters: Chapter[] = [];
  const own = readChapter(main, study, problems);
  if (own.stages.length > 0 || own.claims.length > 0) chapters.push(own);
  for (const file of included) {
    if (file.root === undefined) continue;
    checkKeys(file, problems);
    chapters.push(readChapter(file, posix.basename(file.source.file).replace(/\.ya?ml$/, ''), problems));
  }
  return chapters;
}

function checkKeys({ root }: StudyFile, problems: Problems): void {
  for (const [name, { key }] of entriesOf(root!, 'an included file', problems) ?? []) {
    if (CHAPTER_KEYS.includes(name)) continue;
    const message = MAIN_KEYS.includes(name)
      ? `\`${name}\` belongs to the study’s main file`
      : `unknown key ${quote(name)} in an included file`;
    problems.add({
      code: 'unknown-key',
      at: key,
      message,
      expected: oneOf(CHAPTER_KEYS),
      suggestion: nearest(name, CHAPTER_KEYS),
    });
  }
}

function readChapter({ root, source }: StudyFile, untitled: string, problems: Problems): Chapter {
  const entries = root?.kind === 'map' ? root.entries : undefined;
  const title = textOf(entries?.get('title'), '`title`', problems);
  const about = textOf(entries?.get('about'), '`about`', problems);
  const names = (what: string) => {
    const node = at(root, what);
    return node?.kind === 'map' ? [...node.entries.keys()] : [];
  };
  return {
    file: source.file,
    title: title ?? untitled,
    ...(about !== undefined && { about }),
    stages: names('stages'),
    claims: names('claims'),
  };
}
