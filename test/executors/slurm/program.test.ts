import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { programsFolder, SealedProgram } from '../../../src/executors/slurm/program.ts';
import { temporaryFolders } from '../../store/folder.ts';

const folder = temporaryFolders();
let source = '';
let store = '';

beforeEach(() => {
  source = folder();
  store = folder();
  mkdirSync(join(source, 'pool'));
  writeFileSync(join(source, 'slurmTask.mjs'), 'one');
  writeFileSync(join(source, 'pool', 'worker.js'), 'two');
});

const sealed = (): SealedProgram => new SealedProgram(store, source, 'node');

describe('the program of jobs', () => {
  it('stands in the store under the digest of all its files', () => {
    const program = sealed();
    program.seal();
    const [node, entry] = program.words;
    expect([node, entry]).toEqual(['node', join(programsFolder(store), program.digest, 'slurmTask.mjs')]);
    expect(readFileSync(entry, 'utf8')).toBe('one');
    expect(readFileSync(join(entry, '..', 'pool', 'worker.js'), 'utf8')).toBe('two');
    const same = sealed();
    same.seal();
    expect(readdirSync(programsFolder(store))).toEqual([program.digest]);
    writeFileSync(join(source, 'pool', 'worker.js'), 'three');
    expect(sealed().digest).not.toBe(program.digest);
  });

  it('stays what it was for all of a run, though its source is changed or gone', () => {
    const program = sealed();
    program.seal();
    const [, entry] = program.words;
    rmSync(source, { recursive: true });
    rmSync(entry);
    program.seal();
    expect(readFileSync(entry, 'utf8')).toBe('one');
  });

  it('is put back where it is damaged, and counts as young from then on', () => {
    const program = sealed();
    program.seal();
    const [, entry] = program.words;
    const worker = join(entry, '..', 'pool', 'worker.js');
    rmSync(entry);
    writeFileSync(entry, 'ome');
    utimesSync(worker, 0, 0);
    sealed().seal();
    expect(readFileSync(entry, 'utf8')).toBe('one');
    expect(Date.now() - statSync(worker).mtimeMs).toBeLessThan(60_000);
  });
});
