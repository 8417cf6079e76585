import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Fence } from './fences.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What a command printed, and its exit code. */
interface Said {
  readonly output: string;
  readonly code: number | null;
}

/** Which Driftline a reader has. */
export interface Installation {
  readonly node: string;
  readonly bin: string;
  /** Whether it is found from the reader's folder already, so that there is nothing to install. */
  readonly installed: boolean;
}

const CHECKOUT: Installation = { node: process.execPath, bin: join(ROOT, 'bin', 'driftline'), installed: false };

/** A reader who does what a page says: writes its files, makes its edits and runs its commands, in a folder. */
export class Reader {
  #folder: string;
  readonly #has: Installation;

  constructor(folder: string, has = CHECKOUT) {
    this.#folder = folder;
    this.#has = has;
  }

  get folder(): string {
    return this.#folder;
  }

  /** Puts a file where the block says. */
  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.#folder, path)), { recursive: true });
    writeFileSync(join(this.#folder, path), text);
  }

  /** Makes the change that a block of differing lines tells. */
  edit(path: string, diff: string): void {
    const lines = diff.replace(/\n$/, '').split('\n');
    const side = (sign: string) =>
      lines
        .filter((line) => line === '' || line[0] === sign || line[0] === ' ')
        .map((line) => `${line.slice(1)}\n`)
        .join('');
    const before = readFileSync(join(this.#folder, path), 'utf8');
    const [head, ...rest] = before.split(side('-'));
    if (rest.length !== 1) throw new Error(`${path} has ${rest.length} places for this edit:\n${diff}`);
    writeFileSync(join(this.#folder, path), `${head}${side('+')}${rest[0]}`);
  }

  /** Runs the lines of a block. All but the last have to succeed, and the last with the exit code that the block names. */
  run(fence: Fence): string {
    const expected = Number(/exit=(\d+)/.exec(fence.info)?.[1] ?? 0);
    const lines = fence.text.trim().split('\n');
    let output = '';
    for (const [at, line] of lines.entries()) {
      const said = this.#command(line.replace(/ {2,}#.*$/, ''));
      output += said.output;
      const wanted = at === lines.length - 1 ? expected : 0;
      if (said.code !== wanted)
        throw new Error(`line ${fence.line}: \`${line}\` ended with ${said.code}, not ${wanted}:\n${said.output}`);
    }
    return output;
  }

  #command(line: string): Said {
    const [program, ...words] = line.split(' ');
    if (program === 'cd') {
      this.#folder = resolve(this.#folder, words[0]);
      return { output: '', code: 0 };
    }
    if (line.startsWith('npm install ')) return this.#install();
    const { NODE_EXTRA_CA_CERTS: _, FORCE_COLOR: __, NODE_OPTIONS: ___, ...env } = process.env;
    // What npx and the checkout's own command do, without the time that npm takes to find them.
    const command = line.replace(/\b(?:npx |bin\/)driftline /g, 'driftline ');
    const { node, bin } = this.#has;
    const shell = `driftline() { "${node}" "${bin}" "$@"; }\n${command}`;
    const { stdout, stderr, status } = spawnSync('bash', ['-c', `{ ${shell}\n} 2>&1`], {
      cwd: this.#folder,
      encoding: 'utf8',
      env: { ...env, COLUMNS: '110', PATH: [dirname(node), env.PATH].join(delimiter) },
    });
    return { output: stdout + stderr, code: status };
  }

  /** What npm does with a folder that is to be installed. */
  #install(): Said {
    const modules = join(this.#folder, 'node_modules');
    if (!this.#has.installed) {
      mkdirSync(modules);
      symlinkSync(ROOT, join(modules, 'driftline'));
    }
    return { output: '', code: 0 };
  }
}

/** Whether what was printed is what a page shows: `…` stands for anything within a line, alone for any lines. */
export function isShown(output: string, shown: string): boolean {
  const pattern = shown
    .trim()
    .split('\n')
    .map((line) => (line.trim() === '…' ? '(?:.*\n)*?' : `${line.trimEnd().split('…').map(escaped).join('.*?')}[ ]*\n`))
    .join('');
  return new RegExp(`^\\n*${pattern}\\n*$`).test(`${output.trimEnd()}\n`);
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Does all that a page says, in order. Gives the blocks of output that show something else than what was printed. */
export function follow(reader: Reader, fences: readonly Fence[]): { line: number; printed: string }[] {
  const different: { line: number; printed: string }[] = [];
  let printed = '';
  for (const fence of fences) {
    const [file] = /(?:^| )file=(\S+)/.exec(fence.info)?.slice(1) ?? [];
    if (fence.language === 'diff' && file !== undefined) reader.edit(file, fence.text);
    else if (file !== undefined) reader.write(file, fence.text);
    else if (fence.language === 'sh') printed = reader.run(fence);
    else if (fence.language === 'text') {
      if (!isShown(printed, fence.text)) different.push({ line: fence.line, printed });
    } else throw new Error(`line ${fence.line}: what is a reader to do with this block?`);
  }
  return different;
}
