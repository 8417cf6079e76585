import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './instrumented.ts';

const page = (name: string): string => readFileSync(join(ROOT, 'docs/reference', name), 'utf8');

describe('the reference', () => {
  it('is what the sources say now', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts/docs.mjs'), '--check'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('says of every parameter of a kind, and of every field of the language, what it means', () => {
    for (const name of ['kinds.md', 'language.md']) {
      const rows = page(name).match(/^\| `[^`]+` \|.*$/gm) ?? [];
      expect(rows.length).toBeGreaterThan(60);
      expect(rows.filter((row) => /\| *\|$/.test(row))).toEqual([]);
    }
  });

  it('knows every measure that the page of the model explains', () => {
    const model = readFileSync(join(ROOT, 'docs/model.md'), 'utf8');
    const measures = /## What is measured\n([\s\S]*?)\n\n`…Lo`/.exec(model)?.[1].matchAll(/^\| `(\w+)`/gm) ?? [];
    const simulate = /\n## simulate\n([\s\S]*?)\n## /.exec(page('kinds.md'))![1];
    const named = [...measures].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !simulate.includes(`\`${name}\``))).toEqual([]);
  });
});
