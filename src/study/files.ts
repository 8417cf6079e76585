import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { compareCodePoints } from '../store/canonical.ts';

export type FileAnswer = { readonly path: string } | { readonly wrong: string; readonly expected?: string };

/** The files of a study: nothing outside its folder, not even through a link. */
export class StudyFiles {
  readonly root: string;
  readonly #answers = new Map<string, FileAnswer>();

  /** `root` must exist. */
  constructor(root: string) {
    this.root = realpathSync(root);
  }

  /** The study-relative path of an existing file that the study file `from` names. */
  find(written: string, from: string): FileAnswer {
    const key = `${posix.dirname(from)}\0${written}`;
    let answer = this.#answers.get(key);
    if (answer === undefined) {
      answer = this.#find(written, from);
      this.#answers.set(key, answer);
    }
    return answer;
  }

  #find(written: string, from: string): FileAnswer {
    const inside = 'a path inside the study’s folder, relative to this file';
    if (written === '' || written.includes('\0') || written.length > 4096)
      return { wrong: 'is not a path', expected: inside };
    if (written.includes('\\')) return { wrong: 'has a backslash', expected: 'a path with forward slashes' };
    if (posix.isAbsolute(written) || /^[A-Za-z]:/.test(written))
      return { wrong: 'is an absolute path', expected: inside };
    const path = posix.normalize(posix.join(posix.dirname(from), written));
    if (path === '..' || path.startsWith('../')) return { wrong: 'leaves the study’s folder', expected: inside };
    try {
      const real = realpathSync(join(this.root, path));
      if (!real.startsWith(this.root + sep) && real !== this.root) {
        return { wrong: 'leaves the study’s folder through a link', expected: inside };
      }
      if (!statSync(real).isFile()) return { wrong: 'is not a file' };
      return { path };
    } catch {
      return { wrong: 'does not exist', expected: `a file at ${path}` };
    }
  }

  /** Files that match a glob of `*` (within a name) and `**` (any folders), in code point order. */
  match(glob: string): string[] {
    const found: string[] = [];
    const parts = glob.replace(/^\.\//, '').split('/');
    const been = new Set<string>();
    this.#walk(
      '',
      parts.filter((part, i) => part !== '**' || parts[i - 1] !== '**'),
      found,
      been,
    );
    return [...new Set(found)].sort(compareCodePoints);
  }

  /** @param been at which folders with how much of the pattern: with several `**` there are many ways to the same */
  #walk(folder: string, pattern: readonly string[], found: string[], been: Set<string>): void {
    const [head, ...rest] = pattern;
    const here = `${pattern.length}${head === '**' ? 'or deeper' : ''} ${folder}`;
    if (been.has(here)) return;
    been.add(here);
    if (head === '**') {
      this.#walk(folder, rest.length > 0 ? rest : ['*'], found, been);
      for (const name of this.#names(folder)) {
        if (this.#isFolder(posix.join(folder, name))) this.#walk(posix.join(folder, name), pattern, found, been);
      }
      return;
    }
    const matches = matcher(head);
    for (const name of this.#names(folder)) {
      const path = posix.join(folder, name);
      if (!matches(name)) continue;
      if (rest.length === 0) {
        if (!this.#isFolder(path)) found.push(path);
      } else if (this.#isFolder(path)) this.#walk(path, rest, found, been);
    }
  }

  /** Names in a folder but for hidden ones and installed packages. */
  #names(folder: string): string[] {
    try {
      return readdirSync(join(this.root, folder)).filter((name) => !name.startsWith('.') && name !== 'node_modules');
    } catch {
      return [];
    }
  }

  /** Links to folders are not followed: they may lead in circles or outside. */
  #isFolder(path: string): boolean {
    try {
      return lstatSync(join(this.root, path)).isDirectory();
    } catch {
      return false;
    }
  }
}

/** Whether a name matches a pattern of `*`, in time linear in both (no regular expression that could backtrack). */
function matcher(pattern: string): (name: string) => boolean {
  const [first, ...others] = pattern.split('*');
  if (others.length === 0) return (name) => name === pattern;
  const last = others.pop()!;
  return (name) => {
    if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
    let from = first.length;
    const end = name.length - last.length;
    for (const part of others) {
      const index = name.indexOf(part, from);
      if (index === -1 || index + part.length > end) return false;
      from = index + part.length;
    }
    return true;
  };
}
