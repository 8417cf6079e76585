import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import run from '../../stages/run.ts';

const base = mkdtempSync(join(tmpdir(), 'driftline-test-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const NODE = process.execPath;

interface Program {
  readonly argv: readonly string[];
  readonly shell?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, Uint8Array>>;
}

let runs = 0;

/** Runs a program with one file as its output and gives that file's text. */
async function output({ argv, shell = false, env = {}, inputs = {} }: Program, file = 'o.txt'): Promise<string> {
  const scratch = join(base, String(runs++));
  mkdirSync(scratch, { mode: 0o700 });
  const given = await run.run({
    params: {
      argv: [...argv],
      shell,
      env,
      formats: {},
      outputs: { o: file },
      ports: { o: { type: 'file', extension: 'txt' } },
    },
    inputs,
    files: {},
    seed: '',
    scratch,
    progress: () => undefined,
    signal: new AbortController().signal,
    checkpoint: { given: undefined, save: () => undefined },
  });
  return Buffer.from((given as Record<string, Uint8Array>).o).toString('utf8');
}

/** A program that writes its words and its environment. */
const ECHO = `require('fs').writeFileSync(process.argv[1], JSON.stringify([process.argv.slice(2), process.env]))`;
const echo = (...words: string[]): string[] => [NODE, '-e', ECHO, '--', '${outputs.o}', ...words];

describe('the words of a program', () => {
  const HOSTILE = [
    '$(touch pwned)',
    '`touch pwned`',
    '; touch pwned',
    '| cat',
    '"',
    "'",
    '\\',
    '*',
    '~',
    '$HOME',
    '',
    ' ',
    '\n',
    '&&',
    '>x',
  ];

  it('reach it as they are: no shell reads them', async () => {
    const words = [
      ...HOSTILE,
      '${HOME}',
      '${inputs.none}',
      '${inputs.__proto__}',
      '${outputs.constructor}',
      '-rf',
      '--',
      'é\u202e',
    ];
    expect(JSON.parse(await output({ argv: echo(...words) }))[0]).toEqual(words);
  });

  it('reach it as they are, whatever they are', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' })).map((word) => word.replaceAll('\0', '')),
          { maxLength: 60 },
        ),
        async (words) => {
          expect(JSON.parse(await output({ argv: echo(...words) }))[0]).toEqual(words);
        },
      ),
      { numRuns: 3 },
    ));

  it('are a line for the shell only where a stage asks for it', async () => {
    expect(await output({ argv: ['echo $((6 * 7)) > ${outputs.o}'], shell: true })).toBe('42\n');
    await expect(output({ argv: ['echo $((6 * 7)) > ${outputs.o}'] })).rejects.toThrow('was not found on PATH');
  });
});

describe('the environment of a program', () => {
  it('is a fixed small one and what the stage declares', async () => {
    process.env.DRIFTLINE_TEST_SECRET = 'secret';
    const [, env] = JSON.parse(await output({ argv: echo(), env: { THREADS: '2' } }));
    delete process.env.DRIFTLINE_TEST_SECRET;
    // macOS adds one of its own to every process.
    delete env.__CF_USER_TEXT_ENCODING;
    expect(Object.keys(env).sort()).toEqual(['HOME', 'LC_ALL', 'PATH', 'THREADS', 'TZ']);
    expect(env.HOME.startsWith(base)).toBe(true);
  });
});

describe('the output of a program', () => {
  const secret = join(base, 'secret');
  writeFileSync(secret, 'secret');

  it.each([
    ['a link to a file elsewhere', `ln -s ${secret} \${outputs.o}`],
    ['a link to a device', 'ln -s /dev/zero ${outputs.o}'],
    ['a broken link', 'ln -s nowhere ${outputs.o}'],
    ['a folder', 'mkdir ${outputs.o}'],
    ['a pipe', 'mkfifo ${outputs.o}'],
  ])('is refused where it is %s', async (_, line) => {
    await expect(output({ argv: [line], shell: true })).rejects.toThrow(
      'ended well but left no plain file as its output "o": write it to the path that ${outputs.o} gives',
    );
    expect(readFileSync(secret, 'utf8')).toBe('secret');
  });

  it('is refused where its folder became a link', async () => {
    const elsewhere = join(base, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'o.txt'), 'secret');
    const argv = [`rmdir outputs; ln -s ${elsewhere} outputs`];
    await expect(output({ argv, shell: true })).rejects.toThrow('put a link in the folder’s place for its output "o"');
    expect(existsSync(join(elsewhere, 'o.txt'))).toBe(true);
  });

  it('lies in a folder that nobody else can read', async () => {
    await output({ argv: ['echo x > ${outputs.o}'], shell: true });
    expect(statSync(join(base, String(runs - 1))).mode & 0o777).toBe(0o700);
  });
});

describe('an input of a program', () => {
  it('is bytes to it, whatever they would be to a shell', async () => {
    const text = '$(touch pwned) `id` "\u0000\n';
    expect(await output({ argv: ['cp', '${inputs.rows}', '${outputs.o}'], inputs: { rows: bytes(text) } })).toBe(text);
  });
});
