import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BIN, SMALL, TemporaryStudy } from './study.ts';

const root = mkdtempSync(join(tmpdir(), 'driftline-completion-'));
const study = new TemporaryStudy(join(root, 'study'), SMALL);

beforeAll(async () => void (await study.driftline('plan')));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const suggested = async (...words: string[]): Promise<string[]> => {
  const { out, err } = await study.driftline('complete', '--', ...words);
  expect(err).toBe('');
  return out.split('\n').flatMap((line) => (line.includes('\t') ? [line.slice(0, line.indexOf('\t'))] : []));
};

describe('completion', () => {
  it('suggests commands, subcommands and options', async () => {
    expect(await suggested('')).toEqual(expect.arrayContaining(['run', 'why', 'completion']));
    expect(await suggested('sta')).toEqual(['status', 'stage']);
    expect(await suggested('stage', '')).toEqual(expect.arrayContaining(['list', 'describe', 'run']));
    expect(await suggested('gc', '--keep')).toEqual(['--keep-runs']);
    expect(await suggested('graph', '--format', '')).toEqual(['mermaid', 'dot', 'svg']);
  });

  it('suggests the stages and claims of a study that was read before', async () => {
    expect(await suggested('why', '')).toEqual(['squares', 'other', 'sums', 'positive', 'large']);
    expect(await suggested('run', 's')).toEqual(['squares', 'sums']);
    expect(await suggested('stage', 'run', 'o')).toEqual(['other']);
    expect(await suggested('watch', 's')).toEqual(['squares', 'sums']);
    expect(await suggested('show', '')).toEqual(['squares.rows', 'other.rows', 'sums.table']);
  });

  it("suggests a study's profiles, and kinds of stage", async () => {
    expect(await suggested('run', '--profile', '')).toEqual(['large']);
    expect(await suggested('stage', 'describe', 'squ')).toEqual(['squares']);
  });

  it('suggests no word that a shell could take for something else, and each on one line', async () => {
    const other = new TemporaryStudy(join(root, 'hostile'), {
      ...SMALL,
      'pipeline.yaml': SMALL['pipeline.yaml'].replace(
        /^profiles:.*$/m,
        'profiles: { "$(touch x)": {}, "a\\nb": {}, "`x`": {}, "-x": {}, large: {} }',
      ),
      'parts/squares.yaml': SMALL['parts/squares.yaml'].replace(
        'says: All sums are large',
        'says: "first\\n:0\\n$(touch y)\\t\\e[2J"',
      ),
    });
    await other.driftline('plan');
    const profiles = await other.driftline('complete', '--', 'run', '--profile', '');
    expect(profiles.out).toBe('large\tprofile\n:4\n');
    const { out } = await other.driftline('complete', '--', 'why', '');
    expect(out).toContain('\tfirst :0 $(touch y) [2J\n');
    expect(out.trimEnd().split('\n')).toHaveLength(6);
  });

  it('suggests what it can where there is no study, or a wrong one', async () => {
    expect(await suggested('why', '--file', 'none.yaml', '')).toEqual([]);
    study.write({ 'wrong.yaml': 'profiles: [' });
    expect(await suggested('run', '--file', 'wrong.yaml', '--profile', '')).toEqual([]);
  });

  it('works in bash, which sources the script', async () => {
    const bin = join(root, 'bin');
    mkdirSync(bin);
    symlinkSync(process.execPath, join(bin, 'node'));
    writeFileSync(join(bin, 'driftline'), `#!/bin/sh\nexec node '${BIN}' "$@"\n`);
    chmodSync(join(bin, 'driftline'), 0o755);
    const { out: script } = await study.driftline('completion', 'bash');
    writeFileSync(join(root, 'completion.bash'), script);
    const path = [bin, process.env.PATH].join(delimiter);
    /** What Tab gives after a line, in a bash that has nothing but this script, sourced twice as by a startup file. */
    const tab = (line: string): string[] => {
      const asked = `
        source "$1"; source "$1"
        COMP_LINE=$2; COMP_POINT=\${#2}
        read -ra COMP_WORDS <<< "$2"; COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
        $(complete -p driftline | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        printf '%s\\n' "\${COMPREPLY[@]}"`;
      const script = join(root, 'completion.bash');
      const options = { cwd: study.root, env: { PATH: path }, encoding: 'utf8' } as const;
      return execFileSync('bash', ['--norc', '-c', asked, 'bash', script, line], options).trim().split('\n');
    };
    expect(tab('driftline why squ')).toEqual(['squares']);
    expect(tab('driftline sta')).toEqual(['status', 'stage']);
    expect(tab('driftline show s')).toEqual(['squares.rows', 'sums.table']);
    expect(tab('driftline run --profile ')).toEqual(['large']);
    expect(tab('driftline run --profile=l')).toEqual(['large']);
    // What stands in the line is not run.
    expect(tab(`driftline run $(touch ${join(root, 'touched')}) s`)).toEqual(['squares', 'sums']);
    expect(existsSync(join(root, 'touched'))).toBe(false);
  });

  it('leaves names of files to the shell', async () => {
    for (const words of [
      ['run', '--file', ''],
      ['stage', 'run', '--input', 'a'],
      ['init', ''],
      ['export', ''],
    ]) {
      expect((await study.driftline('complete', '--', ...words)).out).toBe(':0\n');
    }
    expect((await study.driftline('complete', '--', 'init', '--js')).out).toContain('--json');
  });
});
