import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActionLog } from '../../src/store/actions.ts';
import { auditStore, isWhole } from '../../src/store/audit.ts';
import { sha256 } from '../../src/store/canonical.ts';
import { Cas } from '../../src/store/cas.ts';
import { findGarbage, type GarbageOptions, type Roots } from '../../src/store/garbage.ts';
import type { RunJournal } from '../../src/store/runs.ts';
import { sweep } from '../../src/store/sweep.ts';
import { temporaryFolders } from './folder.ts';

const folder = temporaryFolders();
const key = (name: string | number) => sha256(`key ${name}`);
const run = (day: number) => `2026-01-0${day}T00-00-00-000Z-aaaaaa`;
const HOUR = 3600_000;
const none: Roots = { keys: new Set(), digests: new Set(), growth: new Set() };
/** An hour's grace, seen from two hours after now: all that was written just now is old. */
const later = (more: Partial<GarbageOptions> = {}): GarbageOptions => ({
  now: Date.now() + 2 * HOUR,
  graceMs: HOUR,
  journals: [],
  derived: [],
  runs: [],
  ...more,
});

interface Made {
  readonly name: number;
  readonly day: number;
  /** Texts of its outputs: equal texts are one blob. */
  readonly outputs: readonly string[];
}

function record(root: string, made: readonly Made[]): void {
  const cas = new Cas(root);
  for (const { name, day, outputs } of made) {
    const log = new ActionLog(root, `${run(day)}-${name}`);
    const stored = outputs.map((text, at) => [`o${at}`, { digest: cas.put(Buffer.from(text)), bytes: text.length }]);
    const result = { outputs: Object.fromEntries(stored), seconds: 1, run: run(day), target: `t${name}` };
    log.explain(key(`code ${day}`), { kind: 'k' });
    log.append(key(name), result, { format: 1, code: key(`code ${day}`) });
    log.close();
  }
}

const listing = (root: string) =>
  readdirSync(join(root, 'cas'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
const keysOf = (root: string) => [...new ActionLog(root, 'reader').keys()].sort();
const manifestsOf = (root: string) => [...new ActionLog(root, 'reader').manifests().keys()].sort();

function collect(root: string, roots: Roots, options: GarbageOptions) {
  const garbage = findGarbage(root, roots, options);
  const freed = sweep(root, garbage, options);
  return { garbage, freed };
}

describe('a collection', () => {
  it('keeps exactly the roots and what they name, and deletes exactly what its preview said', () => {
    const made = fc.uniqueArray(
      fc.record({
        name: fc.nat(9),
        day: fc.integer({ min: 1, max: 4 }),
        outputs: fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 3 }),
      }),
      { selector: ({ name }) => name, maxLength: 7 },
    );
    fc.assert(
      fc.property(
        made,
        fc.subarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        fc.subarray(['a', 'd', 'x']),
        (all, kept, locked) => {
          const root = folder();
          record(root, all);
          const roots = { ...none, keys: new Set(kept.map(key)), digests: new Set(locked.map((text) => sha256(text))) };
          const live = all.filter(
            ({ name, outputs }) => kept.includes(name) || outputs.some((o) => locked.includes(o)),
          );
          const blobs = new Set(live.flatMap(({ outputs }) => outputs));
          for (const { outputs } of all) for (const text of outputs) if (locked.includes(text)) blobs.add(text);
          const before = existsSync(join(root, 'cas')) ? listing(root) : [];
          const { garbage, freed } = collect(root, roots, later());
          const after = before.length > 0 ? listing(root) : [];
          const gone = before.filter((path) => !after.includes(path)).map((path) => path.slice(root.length + 1));
          expect(garbage.blobs.map(({ path }) => path).sort()).toEqual(gone);
          expect(freed).toBe(garbage.bytes);
          expect([...new Cas(root).list()].sort()).toEqual([...blobs].map((text) => sha256(text)).sort());
          expect(keysOf(root)).toEqual(live.map(({ name }) => key(name)).sort());
          const codes = new Set(live.map(({ day }) => key(`code ${day}`)));
          expect(manifestsOf(root)).toEqual([...live.map(({ name }) => key(name)), ...codes].sort());
          expect(isWhole(auditStore(root))).toBe(true);
          const again = findGarbage(root, roots, later());
          expect([again.records, again.blobs, again.files, again.manifests]).toEqual([[], [], [], []]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('touches nothing that is younger than the grace period', () => {
    const root = folder();
    record(root, [{ name: 1, day: 1, outputs: ['a'] }]);
    const { garbage } = collect(root, none, { ...later(), now: Date.now() });
    expect(garbage).toMatchObject({ records: [], blobs: [], files: [], bytes: 0 });
    expect(keysOf(root)).toEqual([key(1)]);
  });

  it('spares an old blob that is put again, for it is about to be recorded', () => {
    const root = folder();
    record(root, [{ name: 1, day: 1, outputs: ['a', 'b'] }]);
    const cas = new Cas(root);
    for (const path of listing(root)) utimesSync(path, 1000, 1000);
    const options = { ...later(), now: Date.now() + HOUR + 60_000 };
    const before = findGarbage(root, none, options);
    expect(before.blobs).toHaveLength(2);
    cas.put(Buffer.from('a'));
    sweep(root, before, options); // it was found before it was put, and is swept after
    expect([...cas.list()]).toEqual([sha256('a')]);
    expect(findGarbage(root, none, { ...options, now: Date.now() }).blobs).toEqual([]);
  });

  it('within a size removes what was used least recently, and roots never', () => {
    const root = folder();
    const text = (letter: string) => letter.repeat(10_000);
    record(
      root,
      [1, 2, 3, 4].map((name) => ({ name, day: name, outputs: [text(`${name}`)] })),
    );
    const total = findGarbage(root, none, later()).total;
    // The first is used by the newest run again; the fourth is a root.
    const actions = [{ target: 't1', key: key(1), status: 'cached', seconds: 0 }];
    const runs = [{ path: '', record: { id: run(5), actions } }] as unknown as readonly RunJournal[];
    const roots = { ...none, keys: new Set([key(4)]) };
    const within = (maxBytes: number) =>
      findGarbage(root, roots, later({ runs, maxBytes })).records.map((r) => r.target);
    expect(within(total)).toEqual([]);
    expect(within(total - 1)).toEqual(['t2']);
    expect(within(total - 10_001)).toEqual(['t2', 't3']);
    expect(within(1)).toEqual(['t2', 't3', 't1']);
  });

  it('removes checkpoints that nothing can go on from, leftovers of writes, and what it is told of', () => {
    const root = folder();
    const paths = [
      'checkpoints/live/5',
      'checkpoints/dead/7',
      'cas/sha256/ab/.tmp-1-aa',
      'plans/a.json',
      'plans/b.json',
    ];
    for (const path of paths) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), 'x');
    }
    const roots = { ...none, growth: new Set(['live']) };
    const { freed } = collect(root, roots, later({ derived: [join(root, 'plans/b.json')] }));
    expect(freed).toBe(3);
    expect(paths.filter((path) => existsSync(join(root, path)))).toEqual(['checkpoints/live/5', 'plans/a.json']);
    expect(existsSync(join(root, 'checkpoints/dead'))).toBe(false);
    expect(statSync(join(root, 'checkpoints/live')).isDirectory()).toBe(true);
  });
});
