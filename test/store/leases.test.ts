import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import { afterEach, describe, expect, it } from 'vitest';
import { Leases, SILENCE_MS } from '../../src/store/leases.ts';
import type { Processes, ProcessIdentity } from '../../src/store/processes.ts';
import { temporaryFolders } from './folder.ts';

const folder = temporaryFolders();

/** A machine with processes that start and end as a test says, and a clock that a test winds. */
class Machine {
  readonly running = new Map<number, string | null>();
  time = 0;

  process(pid: number, more: Partial<ProcessIdentity> = {}): Processes {
    const self = { host: 'a', boot: 'b1', namespace: 'n', pid, started: `${pid}00`, ...more };
    this.running.set(pid, self.started);
    return { self, startOf: (number) => this.running.get(number) };
  }

  readonly now = (): number => this.time;
}

const opened: Leases[] = [];
afterEach(() => {
  for (const leases of opened.splice(0)) leases.close();
});

function open(root: string, machine: Machine, processes: Processes, more = {}): Leases {
  const leases = new Leases(root, { processes, now: machine.now, ...more });
  opened.push(leases);
  return leases;
}

/** Two owners with one store; the first holds `k`. */
function pair(first: Partial<ProcessIdentity> = {}) {
  const root = folder();
  const machine = new Machine();
  const owner = open(root, machine, machine.process(1, first));
  const other = open(root, machine, machine.process(2));
  expect(owner.acquire('k')).toBe(true);
  return { root, machine, owner, other, path: join(root, 'leases', 'k') };
}

/** Looks at a lease every 100 ms, and returns after how long it was taken; undefined when not within `limit`. */
function watch(machine: Machine, taker: Leases, limit: number, each: () => void = () => undefined): number | undefined {
  for (const from = machine.time; machine.time - from <= limit; machine.time += 100) {
    each();
    if (taker.acquire('k')) return machine.time - from;
  }
  return undefined;
}

describe('whether the owner of a lease lives', () => {
  const asked =
    (machine: Machine, each: () => void = () => undefined) =>
    async (ms: number) => {
      machine.time += ms;
      each();
    };

  it('is told at once of a process of this machine', async () => {
    const { machine, other } = pair();
    const never = asked(machine, () => expect.unreachable());
    expect(await other.isAlive('k', never)).toBe(true);
    expect(await other.isAlive('none', never)).toBe(false);
    machine.running.delete(1);
    expect(await other.isAlive('k', never)).toBe(false);
  });

  it('of before the last start of the machine is told by its heartbeat, whatever the clock says', async () => {
    const { machine, owner, other } = pair({ boot: 'b0' });
    expect(
      await other.isAlive(
        'k',
        asked(machine, () => owner.beat()),
      ),
    ).toBe(true);
    const from = machine.time;
    expect(await other.isAlive('k', asked(machine))).toBe(false);
    expect(machine.time - from).toBeGreaterThanOrEqual(SILENCE_MS);
  });
});

describe('a lease', () => {
  it('is seen to live by one who takes no part, and leaves no trace of him', () => {
    const { root, machine, owner, other } = pair();
    expect(other.acquire('another')).toBe(true);
    const files = () => readdirSync(join(root, 'leases')).sort();
    const before = files();
    const looking = open(root, machine, machine.process(3));
    expect(looking.living()).toEqual(['another', 'k']);
    owner.release('k');
    expect(looking.living()).toEqual(['another']);
    machine.running.delete(2);
    expect(looking.living()).toEqual([]);
    expect(files()).toEqual(before.filter((name) => name !== 'k'));
    expect(open(join(root, 'nowhere'), machine, machine.process(4)).living()).toEqual([]);
  });

  it('is had by one at a time, and given back', () => {
    const { owner, other } = pair();
    expect(other.acquire('k')).toBe(false);
    expect(other.isFree('k')).toBe(false);
    expect(other.acquire('another')).toBe(true);
    owner.release('k');
    expect(other.isFree('k')).toBe(true);
    expect(other.acquire('k')).toBe(true);
    expect(owner.acquire('k')).toBe(false);
  });

  it('that is held twice is given back the second time', () => {
    const { owner, other } = pair();
    expect(owner.acquire('k')).toBe(true);
    owner.release('k');
    expect(other.acquire('k')).toBe(false);
    owner.release('k');
    expect(other.acquire('k')).toBe(true);
  });

  it('leaves nothing behind when its owner closes', () => {
    const { root, owner, other } = pair();
    owner.acquire('another');
    owner.close();
    expect(other.acquire('k')).toBe(true);
    other.close();
    expect(readdirSync(join(root, 'leases'))).toEqual([]);
  });

  it('is asked for without touching the disk before', () => {
    const root = folder();
    new Leases(root).close();
    expect(existsSync(join(root, 'leases'))).toBe(false);
  });
});

describe('the lease of a process of this machine', () => {
  it('is taken over at once when the process is gone', () => {
    const { machine, other } = pair();
    machine.running.delete(1);
    expect(other.isFree('k')).toBe(true);
    expect(other.acquire('k')).toBe(true);
    expect(machine.time).toBe(0);
  });

  it('is taken over at once when its number belongs to a process that started at another time', () => {
    const { machine, other } = pair();
    machine.running.set(1, 'later');
    expect(other.acquire('k')).toBe(true);
  });

  it('is never taken from a living one, however long it shows no heartbeat and whatever its clock says', () => {
    const { machine, other, path } = pair();
    utimesSync(path, 0, 0);
    expect(watch(machine, other, 3 * SILENCE_MS)).toBeUndefined();
    utimesSync(path, 4e9, 4e9);
    expect(watch(machine, other, 3 * SILENCE_MS)).toBeUndefined();
  });

  it('counts as another machine’s where the system does not tell when a process started', () => {
    const { machine, other } = pair({ started: null });
    expect(watch(machine, other, SILENCE_MS - 100)).toBeUndefined();
    expect(watch(machine, other, SILENCE_MS)).toBeDefined();
  });

  it('is dead without a start time too when no process has the number', () => {
    const { machine, other } = pair({ started: null });
    machine.running.delete(1);
    expect(other.acquire('k')).toBe(true);
  });
});

describe.each([
  ['another host', { host: 'z' }],
  ['another start of the machine', { boot: 'b0' }],
  ['another container', { namespace: 'm' }],
] as const)('the lease of a process of %s', (_, elsewhere) => {
  it('is not judged by what process has its number here', () => {
    const { machine, other } = pair(elsewhere);
    machine.running.delete(1);
    expect(other.acquire('k')).toBe(false);
  });

  it('is taken over when its heartbeat was seen not to change for long enough', () => {
    const { machine, other } = pair(elsewhere);
    expect(watch(machine, other, 2 * SILENCE_MS)).toBe(SILENCE_MS);
  });

  it('is not while it beats, even with a clock that stands in another century or runs backwards', () => {
    const { machine, other, path } = pair(elsewhere);
    let beat = 4e9;
    const beats = (): void => {
      if (machine.time % 5000 === 0) utimesSync(path, beat, beat);
      if (machine.time % 5000 === 0) beat -= 1e6;
    };
    expect(watch(machine, other, 3 * SILENCE_MS, beats)).toBeUndefined();
  });

  it('is not taken by one who slept and sees an old heartbeat when it wakes', () => {
    const { machine, other } = pair(elsewhere);
    expect(other.acquire('k')).toBe(false);
    machine.time += 1000 * SILENCE_MS;
    expect(other.acquire('k')).toBe(false);
  });
});

describe('an owner', () => {
  it('shows that it lives by one touch for all its leases', () => {
    const { root, owner } = pair();
    owner.acquire('k2');
    for (const name of ['k', 'k2']) utimesSync(join(root, 'leases', name), 1, 1);
    owner.beat();
    for (const name of ['k', 'k2']) expect(statSync(join(root, 'leases', name)).mtimeMs).toBeGreaterThan(1e12);
  });

  it('that lost its lease in a long sleep does not give back what another has', () => {
    const { machine, owner, other } = pair({ host: 'z' });
    expect(watch(machine, other, 2 * SILENCE_MS)).toBeDefined();
    owner.release('k');
    expect(owner.acquire('k')).toBe(false);
  });

  it('clears away what dead ones left, and only that', () => {
    const { root, machine, owner, other } = pair();
    other.acquire('k2');
    machine.running.delete(1);
    machine.process(3, { host: 'z' });
    const far = open(root, machine, machine.process(3, { host: 'z' }));
    far.acquire('k3');
    open(root, machine, machine.process(4)).acquire('k4');
    const left = readdirSync(join(root, 'leases'));
    expect(left.filter((name) => !name.startsWith('.')).sort()).toEqual(['k2', 'k3', 'k4']);
    expect(left.filter((name) => name.startsWith('.'))).toHaveLength(3);
    owner.close();
  });

  it.each(['', '{', '{"token":"../../../etc","host":"a","pid":1}', '{"token":"0123456789ab","host":"a","pid":-1}'])(
    'that is told wrongly (%j) is waited for until its silence lasts',
    (text) => {
      const root = folder();
      const machine = new Machine();
      const taker = open(root, machine, machine.process(2));
      taker.acquire('other');
      writeFileSync(join(root, 'leases', 'k'), text);
      expect(watch(machine, taker, 2 * SILENCE_MS)).toBe(SILENCE_MS);
    },
  );
});

it('with any bit flipped or cut anywhere is taken once its owner is dead, by silence at the latest', () => {
  const { machine, other, path } = pair();
  const whole = readFileSync(path);
  const damaged = [
    ...Array.from({ length: whole.length }, (_, length) => whole.subarray(0, length)),
    ...Array.from({ length: whole.length * 8 }, (_, bit) => {
      const bytes = Buffer.from(whole);
      bytes[bit >> 3] ^= 1 << (bit & 7);
      return bytes;
    }),
  ];
  machine.running.delete(1);
  for (const bytes of damaged) {
    rmSync(path, { force: true });
    writeFileSync(path, bytes);
    // Where it names nobody of this machine any more, its silence has to last.
    let looks = 0;
    while (!other.acquire('k')) {
      machine.time += 1000;
      expect(++looks).toBeLessThanOrEqual(SILENCE_MS / 1000);
    }
    other.release('k');
  }
});

it('removes what stands in the place of a lease and was never one', () => {
  const root = folder();
  const machine = new Machine();
  const leases = open(root, machine, machine.process(1));
  leases.acquire('other');
  symlinkSync('nowhere', join(root, 'leases', 'k'));
  mkdirSync(join(root, 'leases', 'folder', 'in'), { recursive: true });
  expect([leases.acquire('k'), leases.acquire('folder')]).toEqual([true, true]);
  expect(lstatSync(join(root, 'leases', 'k')).isFile()).toBe(true);
});

describe('where the file system has no hard links', () => {
  const link = (): never => {
    throw Object.assign(new Error('no links'), { code: 'EPERM' });
  };

  it('a lease is a file of its own, taken, beaten, given back and taken over in the same way', () => {
    const root = folder();
    const machine = new Machine();
    const one = open(root, machine, machine.process(1), { link });
    const two = open(root, machine, machine.process(2), { link });
    expect([one.acquire('k'), two.acquire('k')]).toEqual([true, false]);
    utimesSync(join(root, 'leases', 'k'), 1, 1);
    one.beat();
    expect(statSync(join(root, 'leases', 'k')).mtimeMs).toBeGreaterThan(1e12);
    one.release('k');
    expect([two.acquire('k'), one.acquire('k')]).toEqual([true, false]);
    machine.running.delete(2);
    expect(one.acquire('k')).toBe(true);
  });
});

describe('of those who take over a dead lease', () => {
  it('one who saw it dead does not remove what another took in between', () => {
    const { root, machine } = pair();
    const quick = open(root, machine, machine.process(3));
    const slow = machine.process(4);
    let taken: boolean | undefined;
    const stale = open(root, machine, {
      ...slow,
      startOf(pid) {
        const started = slow.startOf(pid);
        // While this one judges, the other takes over.
        if (pid === 1 && started === undefined) taken ??= quick.acquire('k');
        return started;
      },
    });
    for (const each of [quick, stale]) each.isFree('k'); // both have cleared away what was dead before
    machine.running.delete(1);
    expect(stale.acquire('k')).toBe(false);
    expect(taken).toBe(true);
    expect(quick.acquire('k')).toBe(true);
  });

  it('one takes over from another who died at it', () => {
    const { root, machine, other, path } = pair();
    const [token] = readdirSync(join(root, 'leases')).flatMap((name) => {
      const whole = join(root, 'leases', name);
      return name.startsWith('.') && statSync(whole).ino === statSync(path).ino ? [name.slice('.owner-'.length)] : [];
    });
    const burying = open(root, machine, machine.process(5));
    expect(burying.acquire(`k~${token}`)).toBe(true);
    machine.running.delete(1);
    expect(other.acquire('k')).toBe(false); // the other is at it
    machine.running.delete(5);
    expect(other.acquire('k')).toBe(true);
    expect(readdirSync(join(root, 'leases')).filter((name) => name.includes('~'))).toEqual([]);
  });

  it('there is never more than one in, of eight threads that race while owners die', async () => {
    const root = folder();
    const machine = new Machine();
    // An owner that is dead for all: a number that no thread's processes know.
    const dead = open(root, machine, machine.process(999));
    dead.acquire('k');
    const script = join(root, 'racer.cjs');
    buildSync({
      entryPoints: [fileURLToPath(new URL('./leaseRacer.ts', import.meta.url))],
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
    });
    const body = readdirSync(join(root, 'leases')).find((name) => name.startsWith('.owner-'))!;
    const corpse = join(root, 'corpse');
    linkSync(join(root, 'leases', body), corpse);
    const shared = new Int32Array(new SharedArrayBuffer(16));
    const racers = Array.from(
      { length: 8 },
      (_, at) => new Worker(script, { workerData: { root, corpse, shared, pid: at + 10, turns: 60 } }),
    );
    await Promise.all(
      racers.map(
        (racer) =>
          new Promise((resolve, reject) => {
            racer.on('error', reject);
            racer.on('exit', resolve);
          }),
      ),
    );
    const [inside, most, entered, deaths] = shared;
    expect({ inside, most, entered }).toEqual({ inside: 0, most: 1, entered: 8 * 60 });
    expect(deaths).toBeGreaterThan(100);
  });
});
