import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ActionLog, type ActionRecord } from '../../src/store/actions.ts';
import { temporaryFolders } from './folder.ts';

const folder = temporaryFolders();

const record = (target: string): ActionRecord => ({
  outputs: { table: { digest: 'd'.repeat(64), bytes: 10, rows: 2 } },
  seconds: 0.5,
  run: 'run-1',
  target,
});

describe('ActionLog', () => {
  it('remembers records for itself at once and for others after', () => {
    const root = folder();
    const log = new ActionLog(root, 'run-1');
    expect(log.get('k')).toBeUndefined();
    log.append('k', record('stage'), { format: 1 });
    expect(log.get('k')).toEqual(record('stage'));
    log.close();
    const later = new ActionLog(root, 'run-2');
    expect(later.get('k')).toEqual(record('stage'));
    expect([...later.keys()]).toEqual(['k']);
  });

  it('tells what was recorded since it was read, by itself or others, from what it read', () => {
    const root = folder();
    const before = new ActionLog(root, 'run-1');
    before.append('old', record('stage'), {});
    before.close();
    const [log, other] = [new ActionLog(root, 'run-2'), new ActionLog(root, 'run-3')];
    log.load();
    log.append('own', record('stage'), {});
    other.append('other', record('stage'), {});
    expect(['old', 'own', 'other'].filter((key) => log.isNew(key))).toEqual(['own']);
    log.refresh();
    expect(['old', 'own', 'other'].filter((key) => log.isNew(key))).toEqual(['own', 'other']);
  });

  it('writes no file until there is something to write', () => {
    const root = folder();
    const log = new ActionLog(root, 'run-1');
    log.get('k');
    log.close();
    expect(existsSync(join(root, 'actions'))).toBe(false);
  });

  it('keeps manifests and explanations apart from records', () => {
    const root = folder();
    const log = new ActionLog(root, 'run-1');
    log.explain('code', { sources: {} });
    log.append('k', record('stage'), { format: 1, code: 'code' });
    log.close();
    const later = new ActionLog(root, 'run-2');
    expect([...later.keys()]).toEqual(['k']);
    expect([...later.manifests()]).toEqual([
      ['code', { sources: {} }],
      ['k', { format: 1, code: 'code' }],
    ]);
  });

  it('counts damaged records and knows the others', () => {
    const root = folder();
    const log = new ActionLog(root, 'run-1');
    for (const key of ['k1', 'k2', 'k3']) log.append(key, record(key), {});
    log.close();
    const name = readdirSync(join(root, 'actions')).find((file) => file.endsWith('.log'))!;
    const path = join(root, 'actions', name);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"target":"k2"', '"target":"k9"'));
    const later = new ActionLog(root, 'run-2');
    expect([...later.keys()]).toEqual(['k1', 'k3']);
    expect(later.damaged).toBe(1);
  });

  it('takes in what another process recorded since, when it is asked to', () => {
    const root = folder();
    const [one, two] = ['run-1', 'run-2'].map((run) => new ActionLog(root, run));
    expect(one.get('k')).toBeUndefined();
    two.append('k', record('stage'), {});
    expect(one.get('k')).toBeUndefined();
    one.refresh();
    expect(one.get('k')).toEqual(record('stage'));
    for (const log of [one, two]) log.close();
  });
});
