import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Segments } from '../../src/store/segments.ts';
import { temporaryFolders } from './folder.ts';

const folder = temporaryFolders();

function write(root: string, writer: string, records: readonly (readonly [string, unknown])[]): void {
  const segments = new Segments(root, '.log', writer);
  for (const [key, record] of records) segments.append(key, record);
  segments.close();
}

const read = (root: string) => new Segments(root, '.log', 'reader').read();

describe('Segments', () => {
  it('gives nothing where there is no folder, and makes none', () => {
    const root = join(folder(), 'none');
    expect(read(root)).toEqual({ records: new Map(), damaged: 0, torn: 0 });
    expect(() => readdirSync(root)).toThrow(/ENOENT/);
  });

  it('gives back records as their JSON texts', () => {
    const root = folder();
    write(root, 'a', [
      ['k1', { text: 'line\nend, naïve 😀' }],
      ['k2', [1, null]],
    ]);
    expect([...read(root).records]).toEqual([
      ['k1', '{"text":"line\\nend, naïve 😀"}'],
      ['k2', '[1,null]'],
    ]);
  });

  it('lets the newest record of a key win, within a segment and between them by name', () => {
    const root = folder();
    write(root, '2026-b', [['k', 'newest']]);
    write(root, '2026-a', [
      ['k', 'old'],
      ['k', 'newer'],
    ]);
    expect(read(root).records.get('k')).toBe('"newest"');
  });

  it('merges what two processes append at the same time', () => {
    const root = folder();
    const [one, two] = ['one', 'two'].map((writer) => new Segments(root, '.log', writer));
    for (let i = 0; i < 20; i++) {
      one.append(`one${i}`, i);
      two.append(`two${i}`, i);
    }
    expect(read(root).records.size).toBe(40); // while both still write
    one.close();
    two.close();
    expect(read(root).damaged).toBe(0);
  });

  it('refuses a writer whose segment is there already', () => {
    const root = folder();
    write(root, 'a', [['k', 1]]);
    expect(() => write(root, 'a', [['k', 2]])).toThrow(/EEXIST/);
    expect(read(root).records.get('k')).toBe('1');
  });

  const records: [string, unknown][] = [
    ['key-one', { digest: 'ab', naïve: '€😀' }],
    ['key-two', [1, 2.5, '\n']],
    ['key-three', null],
  ];
  const texts = new Map(records.map(([key, record]) => [key, JSON.stringify(record)]));

  /** Reads a segment of other bytes: no record may be another than was written. Gives those that are left. */
  function survivors(root: string, bytes: Buffer): { kept: string[]; damaged: number } {
    writeFileSync(join(root, 'a.log'), bytes);
    const { records: found, damaged, torn } = read(root);
    for (const [key, text] of found) expect(text).toBe(texts.get(key));
    return { kept: [...found.keys()], damaged: damaged + torn };
  }

  it('truncated at any length, loses the cut line only', () => {
    const root = folder();
    write(root, 'a', records);
    const whole = readFileSync(join(root, 'a.log'));
    const ends = lineEnds(whole);
    for (let length = 0; length <= whole.length; length++) {
      const { kept, damaged } = survivors(root, whole.subarray(0, length));
      // The line end itself may be missing from a line that is whole.
      const complete = ends.filter((end) => length >= end).length;
      expect(kept).toEqual(records.slice(0, complete).map(([key]) => key));
      expect(damaged).toBeLessThanOrEqual(1);
    }
  });

  it('with any single bit flipped, loses the line of that bit only, and says so', () => {
    const root = folder();
    write(root, 'a', records);
    const whole = readFileSync(join(root, 'a.log'));
    const ends = lineEnds(whole);
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const bytes = Buffer.from(whole);
      bytes[bit >> 3] ^= 1 << (bit & 7);
      const { kept, damaged } = survivors(root, bytes);
      expect(kept.length).toBeGreaterThanOrEqual(records.length - 1);
      const inLine = ends.some((end, at) => bit >> 3 < end && bit >> 3 >= (at === 0 ? 0 : ends[at - 1] + 2));
      const isLineEnd = whole[bit >> 3] === 0x0a;
      if (inLine && !isLineEnd) {
        expect(kept.length).toBe(records.length - 1);
        expect(damaged).toBeGreaterThanOrEqual(1);
      }
    }
  });

  it('passes over a segment of random bytes', () => {
    const root = folder();
    mkdirSync(root, { recursive: true });
    write(root, 'b', records);
    const noise = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 2654435761) >>> 24));
    expect(survivors(root, noise).kept).toEqual(records.map(([key]) => key));
  });

  describe('that grew since they were read', () => {
    const pairOf = (root: string) => ['one', 'two'].map((writer) => new Segments(root, '.log', writer));

    it('give only what others appended meanwhile, each once', () => {
      const root = folder();
      const [one, two] = pairOf(root);
      two.append('before', 0);
      expect([...one.read().records]).toEqual([['before', '0']]);
      expect(one.grown()).toEqual(new Map());
      one.append('own', 1);
      two.append('k1', 'naïve 😀');
      two.append('k2', 2);
      write(root, 'three', [['k3', 3]]);
      expect([...one.grown()].sort()).toEqual([
        ['k1', '"naïve 😀"'],
        ['k2', '2'],
        ['k3', '3'],
      ]);
      expect(one.grown()).toEqual(new Map());
      two.append('k4', 4);
      expect([...one.grown()]).toEqual([['k4', '4']]);
      for (const each of [one, two]) each.close();
    });

    it.each(['before', 'after'])(
      'give a line that is being written when it is whole, cut anywhere, %s the reading',
      (when) => {
        const whole = folder();
        write(whole, 'two', [
          ['first', 'ä'],
          ['second', '😀'],
        ]);
        const bytes = readFileSync(join(whole, 'two.log'));
        for (let cut = 0; cut <= bytes.length; cut++) {
          const root = folder();
          const reader = new Segments(root, '.log', 'one');
          if (when === 'after') reader.read();
          writeFileSync(join(root, 'two.log'), bytes.subarray(0, cut));
          const found = new Map(when === 'before' ? reader.read().records : reader.grown());
          writeFileSync(join(root, 'two.log'), bytes);
          for (const [key, text] of reader.grown()) found.set(key, text);
          expect([...found]).toEqual([
            ['first', '"ä"'],
            ['second', '"😀"'],
          ]);
        }
      },
    );

    it('pass over a damaged line and go on after it', () => {
      const root = folder();
      const [one, two] = pairOf(root);
      one.read();
      two.append('good', 1);
      appendFileSync(join(root, 'two.log'), '\n00000000 bad {}\n');
      two.append('better', 2);
      expect([...one.grown().keys()]).toEqual(['good', 'better']);
      two.close();
    });

    it('are not asked for again once their writer has closed them', () => {
      const root = folder();
      const [one, two] = pairOf(root);
      two.append('k', 1);
      two.close();
      expect(statSync(join(root, 'two.log')).mode & 0o222).toBe(0);
      expect(one.grown().size).toBe(1);
      rmSync(join(root, 'two.log')); // as it would be by whoever tidies up
      expect(one.grown().size).toBe(0);
    });
  });
});

/** Where each line's text ends. */
function lineEnds(bytes: Buffer): number[] {
  const ends: number[] = [];
  for (let at = 1; at < bytes.length; at++) if (bytes[at] === 0x0a && bytes[at - 1] !== 0x0a) ends.push(at);
  return ends;
}
