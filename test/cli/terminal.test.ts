import { describe, expect, it } from 'vitest';
import { guard, inLine, steer, steered } from '../../src/cli/steering.ts';
import { coloured, inAscii, isLive, showsUnicode } from '../../src/cli/terminal.ts';
import { paint } from '../../src/cli/text.ts';

const terminal = { isTTY: true };
const pipe = { isTTY: false };

describe('colours', () => {
  it.each([
    ['a terminal', terminal, {}, true],
    ['a pipe', pipe, {}, false],
    ['a terminal under NO_COLOR', terminal, { NO_COLOR: '1' }, false],
    ['a terminal under an empty NO_COLOR', terminal, { NO_COLOR: '' }, true],
    ['a terminal that is dumb', terminal, { TERM: 'dumb' }, false],
    ['a pipe under FORCE_COLOR', pipe, { FORCE_COLOR: '1' }, true],
    ['a pipe under FORCE_COLOR and NO_COLOR', pipe, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    ['a terminal under FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, false],
  ])('%s', (_, stream, env, expected) => {
    expect(coloured(stream, env)).toBe(expected);
  });
});

describe('a line that is drawn over', () => {
  it.each([
    ['is for a terminal', terminal, {}, true],
    ['is not for a pipe', pipe, {}, false],
    ['is not for a CI, terminal or not', terminal, { CI: 'true' }, false],
    ['is for a terminal where CI is false', terminal, { CI: 'false' }, true],
    ['is not for a dumb terminal', terminal, { TERM: 'dumb' }, false],
  ])('%s', (_, stream, env, expected) => {
    expect(isLive(stream, env)).toBe(expected);
  });
});

describe('characters beyond ASCII', () => {
  it.each([
    ['are shown by a terminal of which nothing else is known', terminal, {}, 'linux', true],
    ['are shown where the locale is of UTF-8', terminal, { LC_ALL: 'C.UTF-8', LANG: 'C' }, 'linux', true],
    ['are not shown where it is of something else', terminal, { LANG: 'C' }, 'darwin', false],
    ["are not shown by Linux' console", terminal, { TERM: 'linux', LANG: 'C.UTF-8' }, 'linux', false],
    ['are not shown by the old console of Windows', terminal, {}, 'win32', false],
    ['are shown by Windows Terminal', terminal, { WT_SESSION: 'x' }, 'win32', true],
    ['go into a pipe whatever the terminal', pipe, { LANG: 'C' }, 'win32', true],
  ] as const)('%s', (_, stream, env, platform, expected) => {
    expect(showsUnicode(stream, env, platform)).toBe(expected);
  });

  it('are written otherwise where they are ours, and left alone where they are the study’s', () => {
    expect(inAscii('✓ a · b × 3 … 1 → 2 ▁ λ\n\u001b[2m')).toBe('+ a - b x 3 . 1 > 2 ▁ λ\n\u001b[2m');
  });
});

describe('a stream that is guarded', () => {
  const written = (text: string | Uint8Array): string => {
    const parts: string[] = [];
    const stream = { write: (chunk: string) => parts.push(chunk) > 0 } as unknown as NodeJS.WriteStream;
    guard(stream);
    stream.write(text);
    steer(stream, '\r\u001b[J');
    steered(stream).write('\u001b[1G');
    expect(parts.slice(1)).toEqual(['\r\u001b[J', '\u001b[1G']);
    return parts[0];
  };

  it.each([
    ['titles and what a terminal would answer', '\u001b]0;title\u0007\u001b[6n', '\\u001b]0;title\\u0007\\u001b[6n'],
    ['moves and erasures', 'a\r\u001b[2A\u001b[J\bb', 'a\\u000d\\u001b[2A\\u001b[J\\u0008b'],
    ['controls of one character', '\u009b31m\u007f', '\\u009b31m\\u007f'],
    ['styles that are none of ours', '\u001b[8m\u001b[48;5;1m', '\\u001b[8m\\u001b[48;5;1m'],
    ['marks that turn the direction', '\u202eabc\u2066', '\\u202eabc\\u2066'],
  ])('shows %s instead of passing them on', (_, text, shown) => {
    expect(written(text)).toBe(shown);
    expect(written(Buffer.from(text))).toBe(shown);
  });

  it('passes text, its lines and our own styles on', () => {
    const text = `${paint('red', '✗', { isTTY: true } as never)} λ\t1\r\n2\n`;
    expect(written(text)).toBe(text);
  });

  it('keeps the value of JSON', () => {
    const value = { 'a\u009b\\': ['\u001b[2J', '\u202e"\u007f', '\\\u0085'] };
    expect(JSON.parse(written(JSON.stringify(value)))).toEqual(value);
  });

  it('lets a value of a table stand in one line', () => {
    expect(inLine('a\nb\t\u001b[m')).toBe('a\\nb\\t\\u001b[m');
  });
});
