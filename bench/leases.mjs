/**
 * Times what sharing a store costs a run that is alone, for each action that it computes: taking a lease and giving it
 * back, and asking what others recorded, for stores that several runs have written to.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { fromSources } from './fromSources.mjs';

const SEGMENTS = [5, 100, 1000];
const TIMES = 300;
const ROUNDS = 5;

/** Medians in milliseconds, for each number of segments in the store. */
export async function leaseRows() {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-bench-'));
  try {
    const { ActionLog, Leases } = await loadStore();
    return SEGMENTS.map((segments) => rowOf(join(folder, String(segments)), segments, ActionLog, Leases));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function rowOf(storeRoot, segments, ActionLog, Leases) {
  for (let i = 0; i < segments; i++) {
    const log = new ActionLog(storeRoot, `run-${i}`);
    log.append(`key-${i}`, {}, {});
    log.close();
  }
  const log = new ActionLog(storeRoot, 'own');
  log.append('own', {}, {});
  const leases = new Leases(storeRoot);
  const key = (i) => String(i).padStart(64, '0');
  const lease = [];
  const refresh = [];
  for (let round = 0; round < ROUNDS; round++) {
    lease.push(perCall((i) => leases.acquire(key(i)) && leases.release(key(i))));
    refresh.push(perCall(() => log.refresh()));
  }
  leases.close();
  log.close();
  return { segments, leaseMs: median(lease), refreshMs: median(refresh) };
}

function perCall(work) {
  const from = performance.now();
  for (let i = 0; i < TIMES; i++) work(i);
  return (performance.now() - from) / TIMES;
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

const loadStore = () =>
  fromSources(`
    export { ActionLog } from './src/store/actions.ts';
    export { Leases } from './src/store/leases.ts';`);

export const lineOf = ({ segments, leaseMs, refreshMs }) =>
  `${`${segments} segments`.padEnd(40)}${leaseMs.toFixed(3).padStart(8)} ms   refresh ${refreshMs.toFixed(3)} ms`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const row of await leaseRows()) process.stdout.write(`${lineOf(row)}\n`);
}
