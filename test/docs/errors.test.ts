import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fence, fencesOf } from './fences.ts';
import { type Instrumented, instrumented, ROOT } from './instrumented.ts';
import { Provoker } from './provoke.ts';

const text = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'driftline-errors-'));

/** Each example with the files that belong to it and what is said of it. */
const examples = pairs(fencesOf(text));
let sources: Instrumented;
let provoker: Provoker;

beforeAll(async () => {
  sources = await instrumented();
  provoker = new Provoker(folder, sources);
});
afterAll(() => {
  sources.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the page of error messages', () => {
  it.each(examples)('tells what is said of the example on line $example.line ($example.heading)', async (each) => {
    for (const { info, text } of each.files) provoker.write(info.slice('file='.length), text);
    expect(await provoker.answer(each.example)).toBe(each.answer.text.trimEnd());
  });

  it('reaches, with its examples, every place in the sources that words a mistake', async () => {
    const left = (await sources.unreached()).filter(({ module }) => isOurs(module));
    const excused = left.filter((each) => excuses(each));
    expect(left.filter((each) => !excused.includes(each))).toEqual([]);
    // An excuse that is not needed any more would hide what comes to stand in its place.
    const needless = EXCUSED.filter(([part]) => !left.some(({ module, text }) => `${module} ${text}`.includes(part)));
    expect(needless).toEqual([]);
  });

  it('has a section for each code of a problem in a study', () => {
    const codes = new Set<string>();
    for (const name of readdirSync(join(ROOT, 'src/study'))) {
      const source = readFileSync(join(ROOT, 'src/study', name), 'utf8');
      const named = /(?:\bcode: (?:code === '\w+' \? )?|\brefuse\(\s*)'([a-z-]+)'(?: : '([a-z-]+)')?/g;
      for (const [, one, other] of source.matchAll(named)) for (const code of [one, other]) if (code) codes.add(code);
    }
    const sections = [...text.matchAll(/^### `([a-z-]+)`$/gm)].map(([, code]) => code);
    expect(sections.filter((code, at) => sections.indexOf(code) !== at)).toEqual([]);
    expect([...codes].sort()).toEqual(sections.sort());
    expect(codes.size).toBeGreaterThan(50);
  });
});

const OURS = [
  /^src\/(study|tables)\//,
  /^src\/figures\/(readSpec|specData|specFields|renderFigure|drawSvg)\.ts$/,
  /^src\/engine\/(describe|kinds|kindPaths|perform)\.ts$/,
  /^stages\/run\.ts$/,
];
const isOurs = (module: string): boolean => OURS.some((pattern) => pattern.test(module));

/** What words something that no example can provoke, by a part of its module and text, and why. */
const EXCUSED: readonly (readonly [part: string, why: string])[] = [
  ['src/tables/arrowCheck.ts', 'each part of a damaged file: told as one, “not an Arrow IPC file”'],
  ['arrow.ts `${where}: has ${values.length} values', 'a damaged file that its check let through'],
  ['arrow.ts `${where}, row ${row}: ', 'a damaged file that its check let through'],
  ['could not be written as Arrow', 'the encoder never says so of a table'],
  ['cannot read this file: ', 'root, who may run the tests, can read all files'],
  ['has no meaning here', 'every place with references says of its own why there is no matrix'],
  ['only functions of op and Math can be called', 'Arquero’s parser says it first'],
  ['drawSvg.ts "a figure reads no files or addresses"', 'what would load is refused before it is drawn'],
  ['is not JSON: ', 'no output of a program is read as JSON'],
  ['problems.ts `${', 'where a long name is cut'],
  ['convert.ts "a key must be a string"', 'the composer says it first'],
  ['matrix.ts `axis ${', 'the name of a place'],
  ['perform.ts `input ${', 'the name of a place'],
  ['"gathered cells"', 'the name of a place'],
  ['specFields.ts `${', 'the name of a place'],
];

const excuses = ({ module, text }: { module: string; text: string }): boolean =>
  EXCUSED.some(([part]) => `${module} ${text}`.includes(part));

function pairs(fences: readonly Fence[]): { example: Fence; files: Fence[]; answer: Fence }[] {
  const found: { example: Fence; files: Fence[]; answer: Fence }[] = [];
  let example: Fence | undefined;
  let files: Fence[] = [];
  for (const fence of fences) {
    if (fence.info.startsWith('file=')) files.push(fence);
    else if (fence.language === 'text' && fence.info === '') {
      if (example === undefined) throw new Error(`the answer on line ${fence.line} has no example before it`);
      found.push({ example, files, answer: fence });
      [example, files] = [undefined, []];
    } else if (example !== undefined) throw new Error(`the example on line ${example.line} has no answer`);
    else example = fence;
  }
  return found;
}
