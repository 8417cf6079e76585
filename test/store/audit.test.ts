import { appendFileSync, chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ActionLog } from '../../src/store/actions.ts';
import { auditStore, isWhole } from '../../src/store/audit.ts';
import { sha256 } from '../../src/store/canonical.ts';
import { Cas } from '../../src/store/cas.ts';
import { Checkpoints } from '../../src/store/checkpoints.ts';
import { repairStore } from '../../src/store/repair.ts';
import { writeSealed } from '../../src/store/sealed.ts';
import { temporaryFolders } from './folder.ts';

const folder = temporaryFolders();
const key = (name: string) => sha256(`key ${name}`);

/** A store with a record for each name, whose one output is the name's text, a journal and a checkpoint. */
function storeOf(...names: readonly string[]): string {
  const root = folder();
  const cas = new Cas(root);
  const log = new ActionLog(root, '2026-1');
  for (const name of names) {
    const digest = cas.put(Buffer.from(name));
    const outputs = { out: { digest, bytes: name.length } };
    log.append(key(name), { outputs, seconds: 1, run: '2026-1', target: name }, { format: 1, code: 'c' });
  }
  log.close();
  writeSealed(join(root, 'runs', '2026-1.json'), { id: '2026-1', actions: [] });
  new Checkpoints(root).save(key('growth'), { at: 5, bytes: Buffer.from('state') });
  return root;
}

const flip = (path: string): void => {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1] ^= 1;
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
};

/** A segment that its writer closed is read-only. */
const append = (path: string, text: string): void => {
  chmodSync(path, 0o644);
  appendFileSync(path, text);
};

const recordsOf = (root: string) => [...new ActionLog(root, 'reader').keys()];

describe('auditStore', () => {
  it('finds a store that is there whole, and one that is not there empty', () => {
    const audit = auditStore(storeOf('a', 'bb'));
    expect(audit).toMatchObject({ blobs: 2, bytes: 3, records: 2 });
    expect(isWhole(audit)).toBe(true);
    expect(isWhole(auditStore(join(folder(), 'none')))).toBe(true);
  });

  it('names damaged and missing blobs with the targets that gave them', () => {
    const root = storeOf('a', 'b', 'c');
    const cas = new Cas(root);
    flip(cas.path(sha256('a')));
    rmSync(cas.path(sha256('b')));
    expect(auditStore(root)).toMatchObject({
      damaged: [{ digest: sha256('a'), targets: ['a'] }],
      missing: [{ digest: sha256('b'), targets: ['b'] }],
      broken: [key('a'), key('b')],
    });
  });

  it('counts damaged lines, and names damaged journals, plans, stat caches and checkpoints', () => {
    const root = storeOf('a');
    append(join(root, 'actions', '2026-1.log'), 'no record\n');
    const plan = join('plans', 'x.json');
    writeSealed(join(root, plan), {});
    writeSealed(join(root, 'stat.json'), []);
    const checkpoint = join('checkpoints', key('growth'), '5');
    for (const path of [plan, join('runs', '2026-1.json'), 'stat.json', checkpoint]) flip(join(root, path));
    const audit = auditStore(root);
    expect(audit.lines).toBe(1);
    expect([...audit.files].sort()).toEqual([checkpoint, plan, join('runs', '2026-1.json'), 'stat.json']);
  });

  it('tells a line that a stop cut short from damage, by its segment, which nobody had ended', () => {
    const root = storeOf('a');
    const path = join(root, 'actions', '2026-1.log');
    append(path, '\n01234567 abc {"outp');
    const audit = auditStore(root);
    expect(audit).toMatchObject({ records: 1, lines: 0, torn: 1 });
    expect(isWhole(audit)).toBe(true);
    chmodSync(path, 0o444);
    expect(auditStore(root)).toMatchObject({ lines: 1, torn: 0 }); // an ended segment had been whole
    append(path, '\n');
    expect(auditStore(root)).toMatchObject({ lines: 1, torn: 0 }); // no stop writes what comes after
  });

  it('changes nothing', () => {
    const root = storeOf('a', 'b');
    flip(new Cas(root).path(sha256('a')));
    const files = () => readdirSync(root, { recursive: true }).sort();
    const before = files();
    auditStore(root);
    expect(files()).toEqual(before);
  });
});

describe('repairStore', () => {
  it('removes what is damaged and the records that name it, and leaves a whole store with all the rest', () => {
    const root = storeOf('a', 'b', 'c');
    const cas = new Cas(root);
    flip(cas.path(sha256('a')));
    rmSync(cas.path(sha256('b')));
    flip(join(root, 'runs', '2026-1.json'));
    append(join(root, 'actions', '2026-1.manifests'), '\ntorn\n');
    repairStore(root, auditStore(root));
    expect(isWhole(auditStore(root))).toBe(true);
    expect(recordsOf(root)).toEqual([key('c')]);
    expect([...new ActionLog(root, 'reader').manifests().keys()]).toEqual([key('a'), key('b'), key('c')]);
    expect([...cas.list()]).toEqual([sha256('c')]);
  });

  it('leaves what a run that goes on made again since the audit', () => {
    const root = storeOf('a', 'b');
    const cas = new Cas(root);
    const journal = join(root, 'runs', '2026-1.json');
    flip(cas.path(sha256('a')));
    flip(journal);
    const audit = auditStore(root);
    cas.put(Buffer.from('a'));
    const log = new ActionLog(root, '2026-2');
    log.append(
      key('a'),
      { outputs: { out: { digest: sha256('a'), bytes: 1 } }, seconds: 2, run: '2026-2', target: 'a' },
      {},
    );
    writeSealed(journal, { id: '2026-1', actions: [] });
    repairStore(root, audit);
    expect(recordsOf(root).sort()).toEqual([key('a'), key('b')].sort());
    expect(isWhole(auditStore(root))).toBe(true);
    expect(cas.get(sha256('a')).toString()).toBe('a');
    log.close();
  });
});
