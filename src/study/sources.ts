import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDocument } from './document.ts';
import type { StudyFiles } from './files.ts';
import { LIMITS } from './limits.ts';
import { at, isString, type Node } from './nodes.ts';
import { makeSource, type Source, startOf } from './places.ts';
import type { Problems } from './problems.ts';
import { quote } from './problems.ts';
import { itemsOf } from './shape.ts';

/** A study file that was read; `root` is undefined where it could not be parsed. */
export interface StudyFile {
  readonly source: Source;
  readonly root: Node | undefined;
}

export interface Sources {
  readonly main: StudyFile;
  /** In the order of `include`, each pattern's files by code point. */
  readonly included: readonly StudyFile[];
  /** Some file could not be found or parsed, so a name that is not found may stand there. */
  readonly incomplete: boolean;
  /** sha256 of each file's bytes. */
  readonly digests: Readonly<Record<string, string>>;
}

const MOST_FILES = 1000;

/** Reads the main file and what it includes. Gives undefined when the main file cannot be read at all. */
export function readSources(files: StudyFiles, file: string, problems: Problems): Sources | undefined {
  const digests: Record<string, string> = Object.create(null);
  const read = (path: string): StudyFile | undefined => readStudyFile(files, path, digests, problems);
  const found = files.find(file, '');
  if ('wrong' in found) {
    const where = startOf(makeSource(file, ''));
    problems.add({
      code: 'missing-file',
      at: where,
      message: `the study’s file ${quote(file)} ${found.wrong}`,
      expected: found.expected,
    });
    return undefined;
  }
  const main = read(found.path);
  if (main?.root === undefined) return undefined;
  const before = problems.size;
  const included: StudyFile[] = [];
  for (const path of includedPaths(main.root, found.path, files, problems)) {
    const each = read(path);
    if (each) included.push(each);
  }
  return { main, included, digests, incomplete: problems.size > before };
}

function readStudyFile(
  files: StudyFiles,
  path: string,
  digests: Record<string, string>,
  problems: Problems,
): StudyFile | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(join(files.root, path));
  } catch (error) {
    const message = `cannot read this file: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`;
    problems.add({ code: 'missing-file', at: startOf(makeSource(path, '')), message });
    return undefined;
  }
  digests[path] = createHash('sha256').update(bytes).digest('hex');
  if (bytes.length > LIMITS.bytes) {
    problems.add({
      code: 'too-large',
      at: startOf(makeSource(path, '')),
      message: `this file is larger than ${LIMITS.bytes} bytes`,
    });
    return { source: makeSource(path, ''), root: undefined };
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    problems.add({ code: 'encoding', at: startOf(makeSource(path, '')), message: 'this file is not UTF-8 text' });
    return { source: makeSource(path, ''), root: undefined };
  }
  const source = makeSource(path, text);
  return { source, root: readDocument(source, problems) };
}

function includedPaths(root: Node, main: string, files: StudyFiles, problems: Problems): Set<string> {
  const paths = new Set<string>();
  const include = at(root, 'include');
  const items = include ? (itemsOf(include, '`include`', problems) ?? []) : [];
  for (const [index, item] of items.entries()) {
    const refuse = (code: string, message: string, expected?: string) =>
      problems.add({ code, at: item, message, expected });
    if (!isString(item)) {
      refuse('type', 'an item of `include` must be text', 'a path or pattern such as experiments/*.yaml');
      continue;
    }
    const pattern = item.value;
    if (/[?[\]{}!\\]|\*{3}/.test(pattern) || pattern.split('/').some((part) => part.includes('**') && part !== '**')) {
      refuse(
        'include',
        `${quote(pattern)} is no pattern for included files`,
        'a path in which * stands for a part of a name and ** for any folders',
      );
      continue;
    }
    if (!pattern.includes('*')) {
      const found = files.find(pattern, main);
      if ('wrong' in found) refuse('missing-file', `${quote(pattern)} ${found.wrong}`, found.expected);
      else if (found.path !== main) paths.add(found.path);
      continue;
    }
    const outside = pattern.startsWith('/') || /^[A-Za-z]:/.test(pattern) || pattern.split('/').includes('..');
    const matches = outside ? [] : files.match(pattern);
    if (outside)
      refuse('include', `${quote(pattern)} leaves the study’s folder`, 'a pattern inside the study’s folder');
    else if (matches.length === 0) refuse('include', `${quote(pattern)} matches no file`);
    for (const match of matches) {
      const found = files.find(match, '');
      if ('wrong' in found) refuse('missing-file', `${quote(match)} ${found.wrong}`, found.expected);
      else if (match !== main) paths.add(match);
    }
    // Each pattern takes a walk through the folders.
    if (paths.size > MOST_FILES || index >= MOST_FILES) {
      refuse('too-large', `more than ${MOST_FILES} included files`);
      break;
    }
  }
  return new Set([...paths].slice(0, MOST_FILES));
}
