// Gets a fresh checkout ready with nothing but Node: installs when the lock file changed, builds when a source did.
// Runs before anything is installed, so it imports only what comes with Node.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = [20, 19];
/** What the built files are made of. Stages are bundled when a study uses them, so they are not among it. */
const SOURCES = ['src', 'scripts', 'package.json', 'tsconfig.json'];

/** Installs and builds whatever is missing or out of date in the checkout at `root`. Quiet when nothing is. */
export async function prepare(root) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    fail(`Driftline needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}`);
  }
  install(root);
  await build(root);
}

function install(root) {
  const stamp = join(root, 'node_modules', '.driftline-installed');
  const lock = digest(readFileSync(join(root, 'package-lock.json')));
  if (readOrNone(stamp) === lock) return;
  say('Installing dependencies (npm ci) …');
  // npm answers on its standard output; ours belongs to the command that was asked for.
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) fail('npm ci did not succeed; what it printed is above');
  writeFileSync(stamp, lock);
}

async function build(root) {
  const stamp = join(root, 'dist', '.built');
  const [stats = '', contents = ''] = (readOrNone(stamp) ?? '').split('\n');
  const files = SOURCES.flatMap((path) => filesBelow(root, path));
  const statsNow = digest(files.map((file) => statLine(root, file)).join('\n'));
  if (stats === statsNow) return;
  const contentsNow = digest(files.map((file) => `${file} ${digest(readFileSync(join(root, file)))}`).join('\n'));
  if (contents !== contentsNow) {
    say('Building …');
    const { build: buildAll } = await import('../scripts/build.mjs');
    await buildAll(root);
  }
  mkdirSync(join(root, 'dist'), { recursive: true });
  // Building may have generated sources, so the list is taken anew.
  const after = SOURCES.flatMap((path) => filesBelow(root, path));
  writeFileSync(stamp, `${digest(after.map((file) => statLine(root, file)).join('\n'))}\n${contentsNow}`);
}

function filesBelow(root, path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  if (stat === undefined || path.includes('.generated.')) return [];
  if (!stat.isDirectory()) return [path];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesBelow(root, `${path}/${name}`));
}

function statLine(root, file) {
  const { size, mtimeMs } = statSync(join(root, file));
  return `${file} ${size} ${mtimeMs}`;
}

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');
const readOrNone = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);
const say = (text) => process.stderr.write(`${text}\n`);

function fail(text) {
  say(text);
  process.exit(1);
}

/** `node bin/bootstrap.mjs test|check|bench|build …`: prepares, then runs the script of that name. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const [task, ...rest] = process.argv.slice(2);
  await prepare(root);
  if (task !== 'build') {
    const { status } = spawnSync(process.execPath, [join(root, 'scripts', `${task}.mjs`), ...rest], {
      cwd: root,
      stdio: 'inherit',
    });
    process.exitCode = status ?? 1;
  }
}
