import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiveFile, liveRuns, readLive } from '../../src/store/liveFile.ts';
import { temporaryFolders } from './folder.ts';

const folder = temporaryFolders();

describe('what a run tells', () => {
  it('is read in whole lines from any line on, whatever their lengths, and a line that is being written is not there yet', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).map((some) => some.replaceAll('\n', ''));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 30 }), text, fc.nat(), (lines, open, any) => {
        const root = folder();
        const file = new LiveFile(root, 'run');
        for (const line of lines) file.append(`${line}\n`);
        file.append(open);
        file.close();
        const all = readLive(root, 'run', 0);
        expect(all.map((line) => line.text)).toEqual(lines);
        if (lines.length === 0) return;
        const from = any % lines.length;
        expect(readLive(root, 'run', all[from].end)).toEqual(all.slice(from + 1));
      }),
      { numRuns: 40 },
    );
  });

  it('is read also where it is longer than is read at a time', () => {
    const root = folder();
    const file = new LiveFile(root, 'run');
    const lines = Array.from({ length: 30 }, (_, i) => String(i % 10).repeat(90_001 + i));
    file.append(lines.map((line) => `${line}\n`).join(''));
    file.close();
    const read = readLive(root, 'run', 0);
    expect(read.map(({ text }) => text)).toEqual(lines);
    expect(readLive(root, 'run', read[11].end, 200_000)).toEqual(read.slice(12, 14));
  });

  it('is kept of the last runs only', () => {
    const root = folder();
    for (let i = 0; i < 9; i++) new LiveFile(root, `run-${i}`).close();
    expect(liveRuns(root)).toEqual(['run-4', 'run-5', 'run-6', 'run-7', 'run-8']);
    appendFileSync(join(root, 'live', 'said.txt'), 'no run');
    expect(liveRuns(root)).toHaveLength(5);
  });
});
