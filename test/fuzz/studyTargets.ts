import { readDocument } from '../../src/study/document.ts';
import { makeSource } from '../../src/study/places.ts';
import { formatProblem, Problems } from '../../src/study/problems.ts';
import { readMemory, readTime } from '../../src/study/quantities.ts';
import { readRange } from '../../src/study/range.ts';
import { readTemplate } from '../../src/study/template.ts';
import { HEAD, read } from '../study/fixture.ts';
import type { Target } from './target.ts';

const text = (input: Uint8Array): string => new TextDecoder().decode(input);

/** A problem that cannot be shown is a finding as much as one that is not noticed. */
async function readWell(file: string | Uint8Array, others: Readonly<Record<string, string>> = {}): Promise<void> {
  const result = await read({ 'pipeline.yaml': file, ...others });
  if ('plan' in result) JSON.stringify(result.plan);
  else {
    if (result.problems.length === 0) throw new TypeError('neither a plan nor a problem');
    for (const problem of result.problems)
      if (formatProblem(problem) === '') throw new TypeError('a problem without words');
  }
}

const MARKS = [
  '{',
  '}',
  '[',
  ']',
  ': ',
  ', ',
  '\n',
  '  ',
  '- ',
  '? ',
  '&a ',
  '*a',
  '!',
  '!!binary ',
  '"',
  "'",
  '|\n',
  '>\n',
  '%YAML 1.2\n',
  '# ',
  '---\n',
  '<<: ',
  '~',
  '1',
  'a',
  '\t',
];

const KEYS = [
  'stages:',
  'uses: simulate',
  'with:',
  'matrix:',
  'zip:',
  'exclude:',
  'include:',
  'replicates:',
  'params:',
  'profiles:',
  'claims:',
  'run:',
  'shell: true',
  'inputs:',
  'outputs:',
  'resources:',
  'code:',
  'env:',
  'for:',
  '1..9 step 2',
];

export const studyTargets: readonly Target[] = [
  {
    name: 'yaml',
    words: MARKS,
    refuses: [],
    share: 4,
    take(input) {
      const problems = new Problems();
      const node = readDocument(makeSource('f.yaml', text(input)), problems);
      for (const problem of problems.list()) formatProblem(problem);
      if (node === undefined && problems.size === 0) throw new TypeError('neither a document nor a problem');
    },
  },
  { name: 'study', words: [...KEYS, ...MARKS], refuses: [], share: 1, take: (input) => readWell(input) },
  {
    name: 'include',
    words: ['*', '**', '/', '..', '.', '*.yaml', 'experiments', '\\', '?', '{a,b}', '[a]'],
    refuses: [],
    share: 1,
    take: (input) =>
      readWell(`${HEAD}include: [${JSON.stringify(text(input))}]\n`, {
        'experiments/a.yaml': 'title: A\n',
        'experiments/deep/er/b.yaml': 'title: B\n',
      }),
  },
  {
    name: 'interpolation',
    words: [
      '${',
      '}',
      '$${',
      'params',
      'matrix',
      'inputs',
      '.',
      'n',
      'list',
      'map',
      ' ',
      '..',
      'step',
      '1e9',
      '-1',
      'e',
      '0.05',
    ],
    refuses: [],
    share: 1,
    take(input) {
      const written = text(input);
      readTemplate(written);
      readRange(written, 1000);
      readMemory(written);
      readTime(written);
      const value = JSON.stringify(written);
      return readWell(
        `${HEAD}params: { n: 1, list: [1, 2], map: { a: 1 }, t: ${value} }\nstages:\n  s: { uses: simulate, matrix: { C: ${value} }, replicates: ${value}, with: { n: ${value} } }\n  r: { run: [x, ${value}], outputs: { o: o.csv }, env: { A: ${value} }, resources: { memory: ${value}, time: ${value} } }\n`,
      );
    },
  },
];
