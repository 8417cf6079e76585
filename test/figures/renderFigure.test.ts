import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Format } from '../../src/figures/renderFigure.ts';
import { renderFigure } from '../../src/figures/renderFigure.ts';
import { tableFrom } from '../../src/tables/tableFrom.ts';
import { rows, spec } from './plainSpec.ts';

const ALL: readonly Format[] = ['svg', 'png', 'pdf', 'html'];
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('renderFigure', () => {
  it('gives the same bytes in every format, whatever was drawn in between and at the same time', async () => {
    const first = await renderFigure({ spec, tables: { rows }, formats: ALL });
    const other = { ...spec, mark: { type: 'area', clip: true } };
    const [, again] = await Promise.all([
      renderFigure({ spec: other, tables: { rows }, formats: ['svg'] }),
      renderFigure({ spec, tables: { rows }, formats: ALL }),
    ]);
    for (const format of ALL) expect(digest(again.files[format]!)).toBe(digest(first.files[format]!));
    expect(again.vl).toBe(first.vl);
  });

  it('writes files of the kinds it says', async () => {
    const { files, warnings } = await renderFigure({ spec, tables: { rows }, formats: ALL, title: 'Tails <of> & "C"' });
    expect(text(files.svg)).toMatch(/^<svg /);
    expect([...files.png!.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect(text(files.pdf!.subarray(0, 5))).toBe('%PDF-');
    expect(text(files.html)).toContain('<title>Tails &lt;of&gt; &amp; &quot;C&quot;</title>');
    expect(warnings).toEqual([]);
  });

  it.each([
    '</text></svg><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    '\u202e</title><svg onload=alert(1)>',
  ])('makes no markup of what a title, an axis or a cell of a table says: %s', async (poison) => {
    const named = { ...spec, title: poison, encoding: { ...spec.encoding, x: { ...spec.encoding.x, title: poison } } };
    const hostile = tableFrom({ C: [poison, poison], i: [1, 2], tail: [0.5, 0.4] }, undefined, 'rows');
    const { files } = await renderFigure({
      spec: named,
      tables: { rows: hostile },
      formats: ['svg', 'html'],
      title: poison,
    });
    expect(text(files.svg)).toContain('&lt;');
    expect(text(files.svg)).not.toMatch(/<(?:script|img)|<svg[^>]*onload|<\/svg>./);
    const harmless = await renderFigure({ spec: named, tables: { rows }, formats: ['html'], title: 'plain' });
    const count = (html: string) => [...html.matchAll(/<(?:script|img|svg|title)\b|<\/(?:script|title)>/g)].length;
    const plain = await renderFigure({ spec, tables: { rows }, formats: ['html'], title: 'plain' });
    expect([count(text(files.html)), count(text(harmless.files.html))]).toEqual([
      count(text(plain.files.html)),
      count(text(plain.files.html)),
    ]);
  });

  it('draws text in the shipped fonts: in pixels it is there, in a page it stays text', async () => {
    const { files } = await renderFigure({ spec, tables: { rows }, formats: ['png', 'pdf'] });
    const untitled = { ...spec, encoding: { ...spec.encoding, x: { ...spec.encoding.x, title: ' ' } } };
    const without = await renderFigure({ spec: untitled, tables: { rows }, formats: ['png'] });
    expect(digest(files.png!)).not.toBe(digest(without.files.png!));
    expect(text(files.pdf)).toMatch(/\+DejaVuSansCondensed\b/);
    expect(text(files.pdf)).toMatch(/\+DejaVuSansCondensed-BoldOblique\b/);
  });

  it('has no date, path or machine in its files', async () => {
    const { files, vl } = await renderFigure({ spec, tables: { rows }, formats: ['svg', 'pdf'] });
    expect(text(files.pdf)).toContain('(D:19700101000000Z)');
    for (const content of [vl, text(files.svg), text(files.pdf)]) expect(content).not.toContain(process.cwd());
  });

  it('puts data and theme into the spec, with missing values where JSON has no number', async () => {
    const some = tableFrom({ C: ['2', '2'], i: [1, 2], tail: [0.5, Number.NaN] }, undefined, 'rows');
    const { vl } = await renderFigure({ spec, tables: { rows: some }, formats: [] });
    const drawn = JSON.parse(vl) as { datasets: unknown; config: { font: string }; $schema: string };
    expect(drawn.datasets).toEqual({
      rows: [
        { C: '2', i: 1, tail: 0.5 },
        { C: '2', i: 2, tail: null },
      ],
    });
    expect(drawn.config.font).toMatch(/^DejaVu Sans/);
    expect(drawn.$schema).toMatch(/vega-lite\/v6/);
  });

  it('lets a spec’s own config go over the theme, key by key', async () => {
    const own = { ...spec, config: { axis: { gridColor: '#123456' } } };
    const { vl } = await renderFigure({ spec: own, tables: { rows }, formats: [] });
    const { axis } = (JSON.parse(vl) as { config: { axis: Record<string, unknown> } }).config;
    expect(axis.gridColor).toBe('#123456');
    expect(axis.labelFontSize).toBe(10);
  });

  it('draws layers of several inputs', async () => {
    const { encoding, mark } = spec;
    const layered = {
      layer: [
        { data: { name: 'rows' }, mark, encoding },
        { data: { name: 'more' }, mark: 'rule', encoding: { y: { field: 'floor', type: 'quantitative' } } },
      ],
    };
    const more = tableFrom({ floor: [0.02] }, undefined, 'more');
    const { files } = await renderFigure({ spec: layered, tables: { rows, more }, formats: ['svg'] });
    expect(text(files.svg)).toContain('mark-rule');
  });

  it('says in Vega’s words what cannot be drawn', async () => {
    const wrong = { ...spec, transform: [{ calculate: 'datum.tail +', as: 'x' }] };
    await expect(renderFigure({ spec: wrong, tables: { rows }, formats: ['svg'] })).rejects.toThrow(
      'the spec cannot be drawn:',
    );
    await expect(renderFigure({ spec: { data: { name: 'rows' } }, tables: { rows }, formats: [] })).rejects.toThrow(
      'the spec cannot be drawn:',
    );
  });

  it('opens no address, even one that a mark asks for', async () => {
    const image = { data: { name: 'rows' }, mark: { type: 'image', url: 'http://127.0.0.1:9/x.png' } };
    const { files } = await renderFigure({ spec: image, tables: { rows }, formats: ['svg'] }).catch(() => ({
      files: { svg: new Uint8Array() },
    }));
    expect(text(files.svg)).not.toContain('127.0.0.1');
  });
});
