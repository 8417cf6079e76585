import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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
  });

  it("suggests a study's profiles, and kinds of stage", async () => {
    expect(await suggested('run', '--profile', '')).toEqual(['large']);
    expect(await suggested('stage', 'describe', 'squ')).toEqual(['squares']);
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
    const asked = `
      _get_comp_words_by_ref() { cur="\${COMP_WORDS[COMP_CWORD]}"; prev="\${COMP_WORDS[COMP_CWORD-1]}"; words=("\${COMP_WORDS[@]}"); cword=$COMP_CWORD; }
      compopt() { :; }
      source ${join(root, 'completion.bash')}
      COMP_WORDS=(driftline why squ); COMP_CWORD=2; COMP_LINE='driftline why squ'; COMP_POINT=17
      $(complete -p driftline | sed 's/.*-F \\([^ ]*\\).*/\\1/')
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const path = [bin, process.env.PATH].join(delimiter);
    const reply = execFileSync('bash', ['-c', asked], { cwd: study.root, env: { PATH: path }, encoding: 'utf8' });
    expect(reply.split('\n').map((line) => line.trim().split(/\s/)[0])).toContain('squares');
  });
});
