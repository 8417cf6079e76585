import { linkSync } from 'node:fs';
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import { Leases } from '../../src/store/leases.ts';

/** Takes one lease again and again, against other threads; leaves the lease of a dead owner behind every other time. */
const { root, corpse, shared, pid, turns } = workerData as {
  root: string;
  corpse: string;
  /** How many are in, how many were at most, how often one was, how many died. */
  shared: Int32Array;
  pid: number;
  turns: number;
};

const leases = new Leases(root, {
  processes: {
    self: { host: 'a', boot: 'b1', namespace: 'n', pid, started: `${pid}00` },
    startOf: (number) => (number === 999 ? undefined : `${number}00`),
  },
});
const nap = new Int32Array(new SharedArrayBuffer(4));

for (let turn = 0; turn < turns; ) {
  if (!leases.acquire('k')) {
    Atomics.wait(nap, 0, 0, 0.05);
    continue;
  }
  const now = Atomics.add(shared, 0, 1) + 1;
  for (let most = Atomics.load(shared, 1); now > most; most = Atomics.load(shared, 1)) {
    if (Atomics.compareExchange(shared, 1, most, now) === most) break;
  }
  Atomics.add(shared, 2, 1);
  Atomics.wait(nap, 0, 0, 0.1);
  Atomics.sub(shared, 0, 1);
  leases.release('k');
  turn++;
  if (turn % 2 === 0) leaveDead();
}
leases.close();

function leaveDead(): void {
  try {
    linkSync(corpse, join(root, 'leases', 'k'));
    Atomics.add(shared, 3, 1);
  } catch {
    // another was quicker, and lives
  }
}
