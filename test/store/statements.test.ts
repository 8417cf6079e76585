import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allStatements, revoke, statedTargets } from '../../src/store/acceptedRecords.ts';
import { ActionLog } from '../../src/store/actions.ts';
import { auditStore, isWhole } from '../../src/store/audit.ts';
import { sha256 } from '../../src/store/canonical.ts';
import { Cas } from '../../src/store/cas.ts';
import { findGarbage } from '../../src/store/garbage.ts';
import { repairStore } from '../../src/store/repair.ts';
import { readStatement, type Statement, statementPath, writeStatement } from '../../src/store/statements.ts';
import { sweep } from '../../src/store/sweep.ts';
import { temporaryFolders } from './folder.ts';

const folder = temporaryFolders();
const key = (name: string) => sha256(`key ${name}`);
const statement = (because: string): Statement => ({
  format: 1,
  because,
  by: { user: 'u', host: 'h', at: '2026-01-01T00:00:00.000Z' },
  accepted: 1,
  changes: [],
  recomputed: [],
});

/** Records by name; with `from:by` one that was accepted from another by a statement. */
function storeOf(records: Readonly<Record<string, string>>): { root: string; ids: Record<string, string> } {
  const root = folder();
  const digest = new Cas(root).put(Buffer.from('text'));
  const log = new ActionLog(root, '2026-1');
  const ids: Record<string, string> = {};
  for (const [name, origin] of Object.entries(records)) {
    const [from, by] = origin.split(':');
    if (by !== undefined) ids[by] = writeStatement(root, statement(by));
    const accepted = by === undefined ? {} : { accepted: { from: key(from), statement: ids[by] } };
    const outputs = { out: { digest, bytes: 4 } };
    log.append(key(name), { outputs, seconds: 1, run: '2026-1', target: name, ...accepted }, { format: 1, code: 'c' });
  }
  log.close();
  return { root, ids };
}

const targetsOf = (root: string) => {
  const log = new ActionLog(root, 'reader');
  return [...log.keys()].map((each) => log.get(each)!.target).sort();
};

describe('a statement', () => {
  it('is read back under the digest of what it says, and is none with a single byte changed or under another name', () => {
    const root = folder();
    const id = writeStatement(root, statement('names only'));
    expect(readStatement(root, id)).toEqual(statement('names only'));
    expect(readStatement(root, sha256('another'))).toBeUndefined();
    expect(readStatement(root, `../statements/${id}`)).toBeUndefined();
    const bytes = readFileSync(statementPath(root, id));
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes);
      flipped[at] ^= 1;
      writeFileSync(statementPath(root, id), flipped);
      expect(readStatement(root, id)).toBeUndefined();
    }
    const other = writeStatement(root, statement('something else'));
    writeFileSync(statementPath(root, id), readFileSync(statementPath(root, other)));
    expect(readStatement(root, id)).toBeUndefined();
    expect([...allStatements(root).keys()]).toEqual([other]);
  });
});

describe('taking back a statement', () => {
  const records = { a: '', b: 'a:one', c: 'b:two', d: 'a:two', e: 'c:three' };

  it('removes its records and those accepted from them, and leaves what was computed', () => {
    const { root, ids } = storeOf(records);
    expect(statedTargets(root).get(ids.two)).toEqual(['c', 'd']);
    expect(revoke(root, new Set([ids.one])).sort()).toEqual(['b', 'c', 'e']);
    expect(targetsOf(root)).toEqual(['a', 'd']);
    expect(new Set(allStatements(root).keys())).toEqual(new Set([ids.two, ids.three]));
    expect(isWhole(auditStore(root))).toBe(true);
  });

  it('removes nothing else, and nothing where there is none', () => {
    const { root, ids } = storeOf(records);
    expect(revoke(root, new Set([ids.three]))).toEqual(['e']);
    expect(revoke(root, new Set([ids.three]))).toEqual([]);
    expect(targetsOf(root)).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('an audit', () => {
  it('finds records whose statement is missing or damaged; a repair removes them', () => {
    for (const harm of [rmSync, (path: string) => writeFileSync(path, '{}')]) {
      const { root, ids } = storeOf({ a: '', b: 'a:one', c: 'a:two' });
      expect(isWhole(auditStore(root))).toBe(true);
      harm(statementPath(root, ids.one));
      const audit = auditStore(root);
      expect(audit).toMatchObject({ statements: [{ digest: ids.one, targets: ['b'] }], broken: [key('b')] });
      expect(isWhole(audit)).toBe(false);
      repairStore(root, audit);
      expect(isWhole(auditStore(root))).toBe(true);
      expect(targetsOf(root)).toEqual(['a', 'c']);
    }
  });
});

describe('a collection', () => {
  it('keeps the statements that kept records name and removes the others, once they are old', () => {
    const { root, ids } = storeOf({ a: '', b: 'a:one', c: 'a:two' });
    const orphan = writeStatement(root, statement('its records were never written'));
    const roots = { keys: new Set([key('a'), key('b')]), digests: new Set<string>(), growth: new Set<string>() };
    const options = { now: Date.now(), graceMs: 3600_000, journals: [], derived: [], runs: [] };
    expect(findGarbage(root, roots, options).files).toEqual([]);
    const later = { ...options, now: options.now + 2 * options.graceMs };
    const garbage = findGarbage(root, roots, later);
    expect(garbage.files.map(({ path }) => path).sort()).toEqual(
      [ids.two, orphan].map((id) => join('statements', `${id}.json`)).sort(),
    );
    sweep(root, garbage, later);
    expect(readdirSync(join(root, 'statements'))).toEqual([`${ids.one}.json`]);
    expect(targetsOf(root)).toEqual(['a', 'b']);
    expect(isWhole(auditStore(root))).toBe(true);
  });
});
