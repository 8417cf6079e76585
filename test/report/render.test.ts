import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildPage } from '../../scripts/buildPage.mjs';
import { UnembeddableScript } from '../../src/report/csp.ts';
import { type ReportModel, TABLE_ROWS } from '../../src/report/model.ts';
import { renderReport } from '../../src/report/render.ts';
import { sampleModel } from './sample.ts';

const SCRIPT = 'console.log("page")';
const page = renderReport(sampleModel(), { script: SCRIPT });

/** Page without script, style, images and embedded data: what a reader reads. */
const body = (text: string) =>
  text.replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/g, '').replace(/src="data:[^"]*"/g, '');

const sha256 = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const policyOf = (text: string) =>
  (/Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1] ?? '').replaceAll('&#39;', "'");

describe('the policy', () => {
  it('allows the script and the style that the page holds, and nothing from outside', () => {
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
    const script = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '';
    expect(script).toBe(SCRIPT);
    expect(policyOf(page)).toBe(
      `default-src 'none'; script-src ${sha256(script)}; style-src ${sha256(style)}; img-src data:; font-src data:; base-uri 'none'; form-action 'none'`,
    );
  });

  it('hashes the script as the HTML parser holds it', () => {
    expect(policyOf(renderReport(sampleModel(), { script: 'a\r\nb' }))).toContain(sha256('a\nb'));
  });

  it('needs no inline style or event handler', () => {
    expect(body(page)).not.toMatch(/\sstyle=|\son[a-z]+=/);
  });

  it.each(['"</script>"', '"</SCRIPT "', '"<!--"'])('refuses a script that HTML would cut short: %s', (script) => {
    expect(() => renderReport(sampleModel(), { script })).toThrow(UnembeddableScript);
  });
});

describe('the page', () => {
  it('has the same bytes for the same model', () => {
    expect(renderReport(sampleModel(), { script: SCRIPT })).toBe(page);
  });

  it('loads nothing: no address with a host outside embedded data', () => {
    expect(body(page)).not.toMatch(/https?:|\/\/[a-z]/i);
    expect(page.match(/https?:[^"'%]*/g)).toEqual(
      sampleModel().chapters.flatMap(({ figures }) => figures.map(() => 'http://www.w3.org/2000/svg')),
    );
  });

  it('has every element that a link names, once', () => {
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...body(page).matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter((id) => !ids.includes(id))).toEqual([]);
    for (const [, spec] of page.matchAll(/data-spec="([^"]*)"/g)) expect(ids).toContain(spec);
  });

  it('closes every element that it opens', () => {
    const open: string[] = [];
    for (const [, slash, name = ''] of body(page).matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/g)) {
      if (['meta', 'img', 'input', 'circle', 'path', 'tr', 'td'].includes(name)) continue;
      if (slash === '') open.push(name);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });

  it('says each verdict in words, with a shape of its own', () => {
    const text = body(page);
    expect(text).toContain('5 claims: 2 supported, 1 refuted, 1 undecided, 1 not tested.');
    for (const [name, word] of [
      ['supported', 'Supported'],
      ['refuted', 'Refuted'],
      ['undecided', 'Undecided'],
      ['missing', 'Not tested'],
    ])
      expect(text).toMatch(
        new RegExp(`<span class="verdict ${name}"><svg [^>]*aria-hidden="true">.*?</svg> ${word}</span>`),
      );
    const shapes = new Set([...text.matchAll(/<svg class="icon[^>]*>(.*?)<\/svg>/g)].map(([, shape]) => shape));
    expect(shapes.size).toBe(4);
  });

  it('says what was found beside what is claimed', () => {
    const text = body(page);
    expect(text).toContain('Of 441 rows, the test holds on 420 and is contradicted on 21.');
    expect(text).toContain(
      'Of 20 rows, the test holds on 9, is neither met nor contradicted on 9 and cannot be evaluated on 2.',
    );
    expect(text).toContain('The test holds on all 55 rows tested.');
    expect(text).toContain('<dt>worstDrift</dt><dd>−0.11111</dd>');
    expect(text).toContain('<code>d =&gt; d.hi &lt; d.none</code>');
    expect(text).toContain('<a href="#table-figure-4-rows.table"><code>figure-4-rows.table</code></a>');
  });

  it('sets numbers flush right, and offers rows beyond the first', () => {
    expect(page).toContain(
      '<table class="long n1 n2 n3 n4 n5" data-sortable>\n<caption>figure-3-slopes.table</caption>',
    );
    expect(page).toContain('<tr><td>2<td>1<td>0.697954<td>0.670035<td>0.725872<td>0.704933<td>0.75\n');
    expect(page).toContain('Show all 80 rows');
    expect(page).toContain('The first 80 of 1240 rows');
  });

  it('shows behind each figure its data, what made it and the command that makes it again', () => {
    const figure = /<figure id="figure-figure-4">[\s\S]*?<\/figure>/.exec(page)?.[0] ?? '';
    expect(figure).toContain('<summary>Data <span class="size">1240 rows, 7 columns</span></summary>');
    expect(figure).toContain('<a href="#table-figure-4-rows.table"><code>figure-4-rows.table</code></a>');
    for (const format of ['csv', 'arrow']) expect(figure).toContain(`href="../tables/figure-4-rows.table.${format}"`);
    for (const format of ['svg', 'png', 'pdf', 'vl.json'])
      expect(figure).toContain(`href="../figures/figure-4.${format}"`);
    expect(figure).toContain('<code>bin/driftline run figure-4 --profile quick</code>');
    expect(figure).toContain('<p class="files"><code>experiments/figures/figure-4.vl.yaml</code></p>');
    expect(figure).toContain('<b>figure-4:</b>\n  <b>uses:</b> figure');
  });

  it('sets formulas, also on lines of their own', () => {
    expect(page).toContain('The critical rate solves <math><mrow><mi>λ</mi>');
    expect(page).toContain('<mtext class="tml-tag">(1)</mtext>');
  });

  it('leads from each claim of the scoreboard to its evidence', () => {
    for (const { id } of sampleModel().claims) {
      expect(page).toContain(`href="#evidence-${id}" aria-label="Evidence: ${id}"`);
      expect(page).toContain(`<details class="evidence" id="evidence-${id}">`);
    }
  });

  it('tells what changed since the last tagged run', () => {
    const text = body(page).replace(/<svg[\s\S]*?<\/svg>/g, '');
    expect(text).toContain('1 claim moved, 2 numbers beyond noise, 2 figures changed');
    expect(text).toContain(
      '<span class="verdict supported"> Supported</span> → <span class="verdict undecided"> Undecided</span>',
    );
    expect(text).toContain('2.9396 <small>[2.807, 3.072]</small>');
    expect(text).toContain('<td class="n" data-v="0.0664">6.6 %</td><td>p = 0.047</td>');
    expect(text).toContain('<td>no overlap</td>');
    expect(text).toContain('<code>lambda</code> 0.74 → 0.75');
    const { changes, ...model } = sampleModel();
    const same = {
      ...changes!,
      moved: [],
      beyond: [],
      counts: { beyond: 0, within: 0, unjudged: 0 },
      figures: [],
      settings: [],
      code: [],
      same: true,
    };
    expect(renderReport({ ...model, changes: same }, { script: SCRIPT })).toContain('nothing changed.');
    expect(renderReport({ ...model, changes: null }, { script: SCRIPT })).toContain(
      'No earlier run of this profile has a tag',
    );
  });

  it('shows the run: counts, time, keys, the command', () => {
    const text = body(page);
    expect(text).toContain('61 actions ran, 12 came from the cache, 1 failed. Among them 44 actions test claims.');
    expect(text).toContain(
      '<pre class="command" tabindex="0"><code>npm start -- --profile quick --set events=500000</code></pre>',
    );
    for (const { stages } of sampleModel().chapters)
      for (const { keys } of stages) for (const { key } of keys) expect(text).toContain(`<code>${key}</code>`);
  });

  it('carries each figure twice: as an image and as data', () => {
    for (const { figures } of sampleModel().chapters)
      for (const { name, spec } of figures) {
        const data = new RegExp(`id="spec-${name}">(.*?)</script>`).exec(page)?.[1] ?? '';
        expect(JSON.parse(inflateRawSync(Buffer.from(data, 'base64')).toString('utf8'))).toEqual(spec);
      }
    expect(page).toMatch(
      /<img alt="Mean queue along[^"]*" width="640" height="320" loading="lazy" src="data:image\/svg\+xml;charset=utf-8,%3Csvg /,
    );
  });
});

/** The model with every text of a study replaced. */
function poisoned(poison: string): ReportModel {
  const model = sampleModel(() => `<svg width="1" height="1"><script>${poison}</script><text>${poison}</text></svg>`);
  const structural = new Set(['verdict', 'status', 'startedAt', 'svg', 'chapter', 'from', 'to']);
  const names = new Map<string, string>();
  const replace = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') {
      if (structural.has(key)) return key === 'chapter' ? `${value}${poison}` : value;
      if (!names.has(value)) names.set(value, `${value}${poison}`);
      return names.get(value);
    }
    if (Array.isArray(value)) return value.map((item) => replace(item, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, replace(item, name)]));
  };
  return replace(model, '') as ReportModel;
}

describe('texts of a study', () => {
  it.each([
    '"><img src=x onerror=alert(1)>',
    '</script><script>alert(1)</script>',
    "'><svg onload=alert(1)>",
    '</style></title><!--',
    '\u202e\u2066"><script>alert(1)</script>\u2069', // read from right to left
    '[x](javascript:alert(1)) ![y](javascript:alert(2)) <javascript:alert(3)>',
  ])('cannot become markup: %s', (poison) => {
    const bad = renderReport(poisoned(poison), { script: SCRIPT });
    const count = (text: string, tag: RegExp) => [...text.matchAll(tag)].length;
    for (const tag of [/<script\b/g, /<\/script>/g, /<img\b/g, /<svg\b/g, /<style\b/g, /<\/style>/g, /<\/title>/g])
      expect(count(bad, tag)).toBe(count(page, tag));
    expect(bad).not.toContain('<!--');
    expect(body(bad)).not.toMatch(/(?:href|src)="?javascript:/i);
    const links = [...body(bad).matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
    const ids = new Set([...bad.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id));
    expect(links.filter((id) => !ids.has(id ?? ''))).toEqual([]);
  });

  it('cannot link out of the report', () => {
    const model = sampleModel();
    const [first, ...rest] = model.chapters;
    const figures = first!.figures.map((figure) => ({
      ...figure,
      files: { svg: 'javascript:alert(1)', png: '../figures/a.png' },
    }));
    const text = renderReport({ ...model, chapters: [{ ...first!, figures }, ...rest] }, { script: SCRIPT });
    expect(text).not.toContain('javascript:');
    expect(text).toContain('href="../figures/a.png"');
  });
});

it('stays under 3 MB with a hundred full tables', async () => {
  const [first] = sampleModel().chapters;
  const columns = Array.from({ length: 8 }, (_, column) => `column${column}`);
  const tables = Array.from({ length: 100 }, (_, k) => ({
    name: `stage-${k}.table`,
    columns,
    types: columns.map(() => 'float64'),
    rows: Array.from({ length: TABLE_ROWS }, (_, row) => columns.map((_, column) => Math.sqrt(row + column + k) / 7)),
    total: 10 * TABLE_ROWS,
    files: { csv: `../tables/stage-${k}.csv`, arrow: `../tables/stage-${k}.arrow` },
  }));
  const text = renderReport({ ...sampleModel(), chapters: [{ ...first!, tables }] }, { script: 'x'.repeat(900_000) });
  expect(Buffer.byteLength(text)).toBeLessThan(3_000_000);
});

it('renders a study without claims, figures, tables or profile', () => {
  const empty: ReportModel = {
    ...sampleModel(),
    profile: null,
    params: {},
    claims: [],
    chapters: [
      { file: 'pipeline.yaml', title: 'Empty', source: '', claims: ['nowhere'], figures: [], tables: [], stages: [] },
    ],
  };
  const text = renderReport(empty, { script: SCRIPT });
  expect(text).toContain('The study states no claims.');
  expect(text).toContain('without a profile');
  expect(text).not.toContain('claim-nowhere');
});

describe('the bundled script', () => {
  let script = '';
  beforeAll(async () => {
    script = (await buildPage({ root: new URL('../..', import.meta.url).pathname, layer: 'report' })).script;
  });

  it('stands in a page, in ASCII and under a megabyte', () => {
    expect(() => renderReport(sampleModel(), { script })).not.toThrow();
    expect(/[^\t\n\x20-\x7e]/.exec(script)?.[0]).toBeUndefined();
    expect(script.length).toBeLessThan(1_000_000);
  });

  it('comes out the same again', async () => {
    const again = await buildPage({ root: new URL('../..', import.meta.url).pathname, layer: 'report' });
    expect(again.script).toBe(script);
  });
});
