// Ends the servers of a test, whatever becomes of it. It is told on standard input, one JSON document a line: {"folder": …}
// where they live, {"marker": "NAME=value"}, an environment entry that what they start for others may carry. It acts when
// its input ends: when the test asked for it by closing it, and also when the test was killed.
import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long servers have to end by themselves. */
const GRACE_MS = 2000;

const markers = [];
const folders = [];
for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM']) process.on(signal, () => undefined); // meant for the test
for await (const line of createInterface({ input: process.stdin })) {
  const { marker, folder } = JSON.parse(line);
  if (marker !== undefined) markers.push(marker);
  if (folder !== undefined) folders.push(folder);
}
await end();
for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });

async function end() {
  for (const deadline = Date.now() + GRACE_MS; ; await sleep(50)) {
    const left = ours();
    if (left.length === 0) return;
    for (const pid of left) {
      try {
        process.kill(pid, Date.now() > deadline ? 'SIGKILL' : 'SIGTERM');
      } catch {} // it ended meanwhile
    }
  }
}

/**
 * Processes that work in a folder or carry a marker, and what they started. A server is known by where it works: some
 * write over their environment.
 */
function ours() {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => look(Number(name)));
  const found = new Set(processes.filter(({ marked }) => marked).map(({ pid }) => pid));
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const { pid, parent } of processes) if (found.has(parent)) found.add(pid);
  }
  return [...found].filter((pid) => pid !== process.pid);
}

function look(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return [];
    const place = readlinkSync(`/proc/${pid}/cwd`);
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
    const inside = folders.some((folder) => place === folder || place.startsWith(`${folder}/`));
    return [{ pid, parent: Number(parent), marked: inside || markers.some((marker) => environment.includes(marker)) }];
  } catch {
    return []; // it ended, or is another user's
  }
}
