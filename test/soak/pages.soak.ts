import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fencesOf } from '../docs/fences.ts';
import { ROOT } from '../docs/instrumented.ts';
import { follow, isShown, Reader } from '../docs/session.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('a reader who does all that a page says, in order', () => {
  it.each(['tutorial.md', 'how-to.md'])('%s: every command works, and prints what is shown', (page) => {
    const folder = mkdtempSync(join(tmpdir(), 'driftline-reader-'));
    folders.push(folder);
    const fences = fencesOf(readFileSync(join(ROOT, 'docs', page), 'utf8'));
    const different: { line: number; output: string }[] = [];
    follow(new Reader(folder), fences, (shown, said) => {
      const output = said?.output ?? '';
      if (!isShown(output, shown.text)) different.push({ line: shown.line, output });
    });
    expect(different).toEqual([]);
  });
});
