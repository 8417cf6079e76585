import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeArrow } from '../../src/tables/arrow.ts';
import { tableFrom } from '../../src/tables/tableFrom.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = readFileSync(join(root, 'docs/notebooks.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'driftline-notebook-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the guide to notebooks', () => {
  it('shows JavaScript that loads a table', async () => {
    const snippet = /```js\n([\s\S]*?)```/.exec(text)![1];
    const tables = join(folder, 'out', 'tables');
    mkdirSync(tables, { recursive: true });
    writeFileSync(join(tables, 'figure-4-rows.table.arrow'), encodeArrow(tableFrom({ i: [1, 2] }, undefined, 't')));
    const script = join(folder, 'notebook.mjs');
    const arquero = pathToFileURL(join(root, 'node_modules/arquero/src/index.js')).href;
    const located = snippet.replace('"arquero"', `"${arquero}"`).replace('"out/', `"${folder}/out/`);
    writeFileSync(script, `${located}\nexport default rows.objects();\n`);
    expect((await import(/* @vite-ignore */ pathToFileURL(script).href)).default).toEqual([{ i: 1 }, { i: 2 }]);
  });

  it('names only files that a run of this study puts there', () => {
    const named = [...text.matchAll(/out\/tables\/([\w-]+)\.table\.(\w+)/g)];
    const stages = readFileSync(join(root, 'experiments/figure-4.yaml'), 'utf8');
    for (const [, stage, format] of named) {
      expect(stages).toContain(`${stage}:`);
      expect(['arrow', 'parquet', 'csv']).toContain(format);
    }
    expect(named.length).toBeGreaterThan(3);
  });
});
