import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { fencesOf } from './fences.ts';
import { follow, isShown, Reader } from './session.ts';

const folder = temporaryFolders();

describe('isShown', () => {
  const printed = 'Done in 3.2 s: 4 executed.\nfirst\nsecond\n\nReport: out\n';
  it.each([
    ['Done in … s: 4 executed.\n…\n\nReport: out', true],
    ['…\nReport: out', true],
    ['Done in 3.2 s: 4 executed.\nfirst\nsecond\n\nReport: out', true],
    ['Done in … s: 5 executed.\n…\nReport: out', false],
    ['Done in … s: 4 executed.\nReport: out', false],
    ['…\nsecond', false],
    ['', false],
  ])('%j', (shown, answer) => {
    expect(isShown(printed, shown)).toBe(answer);
  });
});

describe('a reader', () => {
  const page = (...lines: string[]) => fencesOf(lines.join('\n').replaceAll("'''", '```'));

  it('writes files, makes edits, runs commands, and says what is shown otherwise than it was printed', () => {
    const reader = new Reader(folder());
    const fences = page(
      "'''yaml file=a/b.yaml",
      'one: 1',
      'two: 2',
      "'''",
      "'''diff file=a/b.yaml",
      ' one: 1',
      '-two: 2',
      '+two: 3',
      "'''",
      "'''sh",
      'cd a',
      'cat b.yaml   # with a comment',
      "'''",
      "'''text",
      'one: 1',
      'two: 2',
      "'''",
    );
    expect(follow(reader, fences)).toEqual([{ line: 14, printed: 'one: 1\ntwo: 3\n' }]);
    expect(readFileSync(join(reader.folder, 'b.yaml'), 'utf8')).toBe('one: 1\ntwo: 3\n');
  });

  it('stops at a command that fails, at one that should, and at an edit without its place', () => {
    const stop = (...lines: string[]) => expect(() => follow(new Reader(folder()), page(...lines)));
    stop("'''sh", 'false', 'true', "'''").toThrow('`false` ended with 1, not 0');
    stop("'''sh exit=2", 'true', "'''").toThrow('`true` ended with 0, not 2');
    stop("'''yaml file=a", 'x', "'''", "'''diff file=a", '-y', "'''").toThrow('a has 0 places for this edit');
    stop("'''ruby", 'puts', "'''").toThrow('what is a reader to do with this block?');
  });
});
