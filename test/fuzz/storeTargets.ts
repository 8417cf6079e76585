import { readKindMemory } from '../../src/engine/kinds.ts';
import { ActionLog } from '../../src/store/actions.ts';
import { auditStore } from '../../src/store/audit.ts';
import { sha256 } from '../../src/store/canonical.ts';
import { Cas } from '../../src/store/cas.ts';
import { Checkpoints } from '../../src/store/checkpoints.ts';
import { findGarbage } from '../../src/store/garbage.ts';
import { readLease } from '../../src/store/leaseFile.ts';
import { readLock, writeLock } from '../../src/store/lockFile.ts';
import { allRuns, lastRun } from '../../src/store/runs.ts';
import { readSealed } from '../../src/store/sealed.ts';
import { lineOf } from '../../src/store/segments.ts';
import { StatCache } from '../../src/store/statCache.ts';
import { at, JSON_WORDS, sealed } from './stateFiles.ts';
import type { Target } from './target.ts';

const text = (input: Uint8Array): string => new TextDecoder().decode(input);

function useLog(root: string): void {
  const log = new ActionLog(root, 'new');
  const cas = new Cas(root);
  for (const key of log.keys()) for (const { digest } of Object.values(log.get(key)?.outputs ?? {})) cas.has(digest);
  log.manifests();
  auditStore(root);
  const none = new Set<string>();
  findGarbage(
    root,
    { keys: none, digests: none, growth: none },
    { now: 4e12, graceMs: 0, journals: [], derived: [], runs: allRuns(root), maxBytes: 10 },
  );
}

export const storeTargets: readonly Target[] = [
  {
    name: 'action-log',
    words: ['\n', ' ', '00000000 ', ...JSON_WORDS],
    refuses: [],
    share: 5,
    take(input) {
      at('actions/a.log', input, useLog);
      at('actions/a.manifests', input, useLog);
      // The checksum of one who knows how to make it.
      const line = lineOf('key', text(input).replaceAll('\n', ' '));
      at('actions/a.log', line, useLog);
      at('actions/a.manifests', line, useLog);
    },
  },
  {
    name: 'sealed',
    words: ['{"sha256":"', '","value":', ...JSON_WORDS],
    refuses: [],
    share: 5,
    take(input) {
      at('x.json', input, (_, file) => readSealed(file));
      const forged = sealed(input);
      at('runs/r.json', forged, (root) => [lastRun(root), useLog(root)]);
      at('stat.json', forged, (root) => new StatCache(root, root).digest('stat.json'));
      at('kinds/k.json', forged, (_, file) => readKindMemory(file));
    },
  },
  {
    name: 'lock',
    words: ['[no profile]', '[profile ', ']', '\n', '  ', 'a'.repeat(64), '#', '\\u0000', '"', '\\'],
    refuses: ['LockError'],
    share: 5,
    take: (input) =>
      at('driftline.lock', input, (_, file) => {
        readLock(file);
        writeLock(file, 'quick', new Map([['a.b', 'd'.repeat(64)]]));
        readLock(file);
      }),
  },
  {
    name: 'lease',
    words: ['{', '}', '"token"', '"host"', '"pid"', '"boot"', '"started"', ':', ',', '1', '"0123456789ab"', 'null'],
    refuses: [],
    share: 5,
    take: (input) => at('leases/k', input, (_, file) => readLease(file)),
  },
  {
    name: 'checkpoint',
    words: ['a'.repeat(64), sha256('state'), 'state'],
    refuses: [],
    share: 5,
    take: (input) =>
      at(`checkpoints/${sha256('growth')}/5`, input, (root) => new Checkpoints(root).latest(sha256('growth'), 10)),
  },
];
