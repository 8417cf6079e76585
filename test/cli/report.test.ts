import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { SMALL, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();
const study = new TemporaryStudy(folder(), {
  ...SMALL,
  'parts/drawn.yaml': `title: Drawn
about: Squares grow like $n^2$.
stages:
  # What is drawn.
  points:
    uses: figure
    inputs: { rows: other.rows }
    with: { spec: figures/points.vl.yaml, formats: [svg] }
  after: { uses: squares, with: { n: 1 } }
claims:
  small:
    says: No square is large
    test: { rows: other.rows, every: "d => d.square < 5" }
`,
  'parts/figures/points.vl.yaml': `description: Squares
data: { name: rows }
mark: point
encoding: { x: { field: i, type: quantitative }, y: { field: square, type: quantitative } }
`,
});
const report = () => readFileSync(join(study.root, 'out/report/index.html'), 'utf8').replaceAll('&#39;', "'");

/** The text of a part of the report, without tags. */
const section = (id: string) =>
  (new RegExp(`<section id="${id}"[\\s\\S]*?</section>`).exec(report())?.[0] ?? '')
    .replace(/<svg[\s\S]*?<\/svg>/g, '')
    .replace(/<[^>]*>/g, '')
    .replace(/\s+/g, ' ')
    .trim();

beforeAll(async () => {
  expect(await study.driftline('run', '--tag', 'base')).toMatchObject({ code: 0 });
}, 60_000);

describe('a figure in the report', () => {
  it('says what it is made by and of, and how to make it again', () => {
    const text = report();
    expect(text).toContain('<pre class="command" tabindex="0"><code>driftline run points</code></pre>');
    expect(text).toContain(
      '<b>points:</b>\n  <b>uses:</b> figure\n  <b>inputs:</b> { rows: other.rows }\n  <b>with:</b> { spec: figures/points.vl.yaml, formats: [svg] }\n</code>',
    );
    expect(text).toContain('<code>parts/figures/points.vl.yaml</code>');
    const data = /<details class="data"[\s\S]*?<\/details>/.exec(text)?.[0];
    expect(data).toContain('2 rows, 2 columns');
    for (const format of ['csv', 'arrow', 'parquet']) expect(data).toContain(`href="../tables/other.rows.${format}"`);
    expect(text).toContain('grow like <math><msup><mi>n</mi><mn>2</mn></msup></math>');
  });

  it('quotes what a shell would take apart', async () => {
    expect((await study.driftline('run', '--profile', 'large', '--set', "study.note=it's")).code).toBe(2);
    expect((await study.driftline('report', '--profile', 'large', '--set', 'offset=1e1')).code).toBe(0);
    expect(report()).toContain('<code>driftline run --profile large --set offset=1e1</code>');
  });
});

describe('since the last tagged run', () => {
  it('there is nothing to compare with where none has a tag', async () => {
    expect((await study.driftline('report', '--profile', 'large')).code).toBe(0);
    expect(section('changes')).toContain('No earlier run of this profile has a tag');
  });

  it('the report tells the claims that moved, the figures, and what was asked otherwise', async () => {
    expect((await study.driftline('run', '--set', 'offset=7')).code).toBe(0);
    const text = section('changes');
    expect(text).toContain('Compared with base, run ');
    expect(text).toContain('1 claim moved, 1 figure changed.');
    expect(text).toContain('small: Supported → Refuted');
    expect(text).toContain('with no interval to judge by: 2.');
    expect(text).toContain('offset 0 → 7');
    expect(report()).toContain('<dt>Since base</dt><dd><a href="#changes">1 claim moved, 1 figure changed</a></dd>');
  });

  it('the report says so where nothing changed, and other files of the run do not know of tags', async () => {
    const claims = readFileSync(join(study.root, 'out/claims.json'), 'utf8');
    expect((await study.driftline('tag', 'seven')).code).toBe(0);
    expect((await study.driftline('run', '--set', 'offset=8')).code).toBe(0);
    expect((await study.driftline('run', '--set', 'offset=7')).code).toBe(0);
    expect(section('changes')).toMatch(/Compared with seven, run \S+ of [^:]+:\d\d UTC: nothing changed\./);
    expect(readFileSync(join(study.root, 'out/claims.json'), 'utf8')).toBe(claims);
  });
});

it('lists the first actions of a stage as they are planned, not as they ended', async () => {
  const many = new TemporaryStudy(folder(), {
    'pipeline.yaml': `driftline: 1
study: Many
stages:
  many: { uses: squares, matrix: { k: [1, 2, 3, 4, 5] }, with: { n: "\${matrix.k}" } }
`,
    'stages/squares.ts': SMALL['stages/squares.ts'],
  });
  expect(await many.driftline('run', 'many[k=5]')).toMatchObject({ code: 0 });
  expect(await many.driftline('run')).toMatchObject({ code: 0 });
  const html = readFileSync(join(many.root, 'out/report/index.html'), 'utf8');
  const keys = /<table class="keys">[\s\S]*?<\/table>/.exec(html)?.[0] ?? '';
  expect(keys.match(/\[k=\d\]/g)).toEqual(['[k=1]', '[k=2]', '[k=3]']);
});
