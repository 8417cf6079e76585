import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../store/folder.ts';
import { events, SMALL, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();
const study = new TemporaryStudy(folder(), SMALL);
const path = join(study.root, 'driftline.lock');
const lock = () => readFileSync(path, 'utf8');

beforeAll(async () => {
  expect((await study.driftline('run', '--lock')).code).toBe(0);
});

describe('driftline.lock', () => {
  it('has the same bytes in another folder', async () => {
    const other = new TemporaryStudy(folder(), SMALL);
    await other.driftline('run', '--lock', '--jobs', '1');
    expect(readFileSync(join(other.root, 'driftline.lock'), 'utf8')).toBe(lock());
  });

  it('gets a section for each profile, and is not written for other parameters or part of a study', async () => {
    const before = lock();
    expect((await study.driftline('run', '--profile', 'large', '--lock')).code).toBe(0);
    expect(lock().startsWith(before.trimEnd())).toBe(true);
    expect(lock()).toContain('\n[profile large]\n');
    for (const args of [['--set', 'n=4'], ['squares'], ['--locked']]) {
      expect((await study.driftline('run', '--lock', ...args)).code).toBe(2);
    }
  });

  it('is told of in one line when results differ, which --locked makes a failure and --lock accepts', async () => {
    study.write({ 'pipeline.yaml': SMALL['pipeline.yaml'].replace('offset: 0', 'offset: 1') });
    const line = /^driftline\.lock: 1 of 3 results differs \(other\.rows\)\. If that is meant: driftline run --lock$/m;
    const first = await study.driftline('run');
    expect(first).toMatchObject({ code: 0 });
    expect(first.out).toMatch(line);
    const second = await study.driftline('run', '--locked'); // nothing has to run, and it is said all the same
    expect(second.code).toBe(1);
    expect(second.out).toMatch(line);
    const told = events((await study.driftline('run', '--json')).out);
    expect(told.find(({ type }) => type === 'lock-differs')).toMatchObject({ changed: ['other.rows'], added: [] });
    const verified = await study.driftline('verify', '--json', '--sample', '0');
    expect(verified.code).toBe(1);
    expect(JSON.parse(verified.out).lock).toMatchObject({ state: 'differs', changed: ['other.rows'] });
    expect((await study.driftline('run', '--lock')).out).toContain('driftline.lock holds the digests of 3 results.');
    expect((await study.driftline('run', '--locked')).code).toBe(0);
    expect((await study.driftline('verify', '--sample', '0')).code).toBe(0);
  });

  it('with the marks of a merge in it stops --locked and verify, and only warns a run', async () => {
    const good = lock();
    writeFileSync(path, good.replace('[no profile]', '<<<<<<< ours\n[no profile]'));
    const { code, err } = await study.driftline('run', '--locked');
    expect(code).toBe(2);
    expect(err).toMatch(/driftline\.lock:4: expected/);
    expect((await study.driftline('verify', '--sample', '0')).code).toBe(2);
    expect((await study.driftline('run')).code).toBe(0);
    writeFileSync(path, good);
  });
});
