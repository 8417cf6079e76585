// Failpoints for tests: preloaded by `node --import 'file:///…/killAt.mjs?root=…&counts=…[&at=…&n=…][&torn=1]'`, it numbers
// every call of the process that changes a file below `root`, and kills the process, by SIGKILL, before the n-th call of
// a class. A class is what is done and to what kind of file: `renameSync .driftline/cas`, or `rename .driftline/cas` of what is
// only begun by the call (`node:fs/promises`). Nothing in the program knows.
// The query stands in the address because worker threads take over the preload, but not the environment.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, extname, join, relative, resolve } from 'node:path';

const query = new URL(import.meta.url).searchParams;
const root = query.get('root');
const counts = query.get('counts');
const at = query.get('at');
const n = Number(query.get('n'));
const torn = query.has('torn');

const real = { ...fs };
const paths = new Map();

/** The class of a call, or undefined for a file that is not below the root. Temporary names are not told apart. */
function classOf(call, path) {
  const inside = relative(root, resolve(String(path)));
  if (inside.startsWith('..')) return undefined;
  const [top, second] = (call.startsWith('mkdir') ? inside : dirname(inside)).split('/');
  const extension = second === 'actions' ? extname(inside) : '';
  return `${call} ${top}${second === undefined ? '' : `/${second}`}${extension}`;
}

/** Counts a call across all threads; before the one that was asked for, does what is torn, and kills. */
function point(call, path, tear) {
  const name = path === undefined ? undefined : classOf(call, path);
  if (name === undefined) return;
  const fd = real.openSync(join(counts, encodeURIComponent(name)), 'a');
  real.writeSync(fd, '.');
  const count = real.fstatSync(fd).size;
  real.closeSync(fd);
  if (name !== at || count < n) return;
  if (torn) tear?.();
  process.kill(process.pid, 'SIGKILL');
  for (;;); // no thread gets past this
}

/** Which argument of each call names the file that changes. */
const NAMED = {
  appendFileSync: 0,
  chmodSync: 0,
  copyFileSync: 1,
  cpSync: 1,
  linkSync: 1,
  mkdirSync: 0,
  renameSync: 1,
  rmSync: 0,
  rmdirSync: 0,
  symlinkSync: 1,
  truncateSync: 0,
  unlinkSync: 0,
  utimesSync: 0,
  writeFileSync: 0,
};
/** Whether a call is under way that Node itself makes others for: some versions remove by what programs call too. */
let within = false;
for (const [call, which] of Object.entries(NAMED)) {
  fs[call] = (...args) => {
    if (within) return real[call](...args);
    point(call, args[which]);
    within = true;
    try {
      return real[call](...args);
    } finally {
      within = false;
    }
  };
}

// What is only begun: by the time of the kill, others that were begun before may be done or not, as the system pleased.
for (const [call, which] of Object.entries({
  mkdir: 0,
  rename: 1,
  rm: 0,
  link: 1,
  unlink: 0,
  copyFile: 1,
  writeFile: 0,
})) {
  const begin = fs.promises[call];
  fs.promises[call] = (...args) => {
    point(call, args[which]);
    return begin(...args);
  };
}
const openAsync = fs.promises.open;
fs.promises.open = async (path, flags = 'r', ...rest) => {
  if (!isForWriting(flags)) return openAsync(path, flags, ...rest);
  point('open', path);
  const file = await openAsync(path, flags, ...rest);
  const own = (call, tear) => {
    const begin = file[call].bind(file);
    file[call] = (...args) => {
      point(call, path, () => tear?.(...args));
      return begin(...args);
    };
  };
  const half = (data) => real.writeSync(file.fd, data, 0, data.length >> 1);
  for (const call of ['write', 'writeFile', 'appendFile']) own(call, half);
  for (const call of ['sync', 'datasync', 'truncate', 'chmod', 'utimes']) own(call);
  return file;
};

/** A number opens for writing by its last two bits: O_WRONLY, O_RDWR. */
const isForWriting = (flags) => (typeof flags === 'number' ? (flags & 3) !== 0 : flags !== 'r');

fs.openSync = (path, flags = 'r', ...rest) => {
  if (isForWriting(flags)) point('openSync', path);
  const fd = real.openSync(path, flags, ...rest);
  if (isForWriting(flags)) paths.set(fd, path);
  return fd;
};
fs.closeSync = (fd) => {
  paths.delete(fd);
  return real.closeSync(fd);
};
fs.writeSync = (fd, data, ...rest) => {
  const from = rest[0] ?? 0;
  point('writeSync', paths.get(fd), () => real.writeSync(fd, data, from, (data.length - from) >> 1));
  return real.writeSync(fd, data, ...rest);
};
for (const call of ['fsyncSync', 'fdatasyncSync', 'ftruncateSync', 'futimesSync', 'fchmodSync', 'writevSync']) {
  fs[call] = (fd, ...rest) => {
    point(call, paths.get(fd));
    return real[call](fd, ...rest);
  };
}
// Many blobs are brought to the disk at once; to be killed before one of them is what it is before a fsyncSync.
fs.fsync = (fd, done) => {
  point('fsyncSync', paths.get(fd));
  return real.fsync(fd, done);
};
syncBuiltinESMExports(); // also of node:fs/promises, which is the same object
