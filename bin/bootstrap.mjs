// Gets a fresh checkout ready with nothing but Node: installs when the lock file changed, builds when a source did.
// Runs before anything is installed, so it imports only what comes with Node.
// Every start passes through here: it asks for one stat a file, reads none, and loads the rest when there is work.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';

const OLDEST_NODE = [20, 19];
/** What the built files are made of. Stages are bundled when a study uses them, so they are not among it. */
const SOURCES = ['src', 'scripts', 'package.json', 'tsconfig.json', 'tsconfig.lib.json'];
/** A source that building makes; whoever copies `dist` alone lacks it. */
const MADE = 'src/science/sim/kernel.generated.ts';

/** Installs and builds whatever is missing or out of date in the checkout at `root`. Quiet when nothing is. */
export async function prepare(root) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    fail(`Driftline needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}`);
  }
  await install(root);
  await build(root);
}

/** The stamp is the lock's digest and, on a line of its own, the stat by which it is known without being read. */
async function install(root) {
  const stamp = `${root}/node_modules/.driftline-installed`;
  const [installed, stat] = readLines(stamp);
  const statNow = statLine(root, 'package-lock.json');
  if (stat === statNow) return;
  const lock = await digest(readFileSync(`${root}/package-lock.json`));
  if (installed !== lock) {
    say('Installing dependencies (npm ci) …');
    const { spawnSync } = await import('node:child_process');
    // npm answers on its standard output; ours belongs to the command that was asked for.
    const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    });
    if (npm.status !== 0) fail('npm ci did not succeed; what it printed is above');
  }
  remember(stamp, `${lock}\n${statNow}`);
}

/** The stamp is the digest of the sources' contents, and below it the stat of each. */
async function build(root) {
  const stamp = `${root}/dist/.built`;
  const [contents, ...stats] = readLines(stamp);
  const lines = SOURCES.flatMap((path) => statLines(root, path));
  const complete = existsSync(`${root}/${MADE}`);
  if (complete && stats.join('\n') === lines.join('\n')) return;
  const files = lines.map((line) => line.slice(0, line.indexOf(' ')));
  const digests = await Promise.all(
    files.map(async (file) => `${file} ${await digest(readFileSync(`${root}/${file}`))}`),
  );
  const contentsNow = await digest(digests.join('\n'));
  if (!complete || contents !== contentsNow) {
    say('Building …');
    const { build: buildAll } = await import('../scripts/build.mjs');
    await buildAll(root);
  }
  mkdirSync(`${root}/dist`, { recursive: true });
  // Building may have generated sources, so the list is taken anew.
  remember(stamp, [contentsNow, ...SOURCES.flatMap((path) => statLines(root, path))].join('\n'));
}

function statLines(root, path) {
  if (path.includes('.generated.')) return [];
  let entries;
  try {
    entries = readdirSync(`${root}/${path}`, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOTDIR') return [statLine(root, path)];
    if (error.code === 'ENOENT') return [];
    throw error;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const below = `${path}/${entry.name}`;
    if (entry.isDirectory()) return statLines(root, below);
    return below.includes('.generated.') ? [] : [statLine(root, below)];
  });
}

function statLine(root, file) {
  const { size, mtimeMs } = statSync(`${root}/${file}`);
  return `${file} ${size} ${mtimeMs}`;
}

/** A checkout that cannot be written starts as well, only later. */
function remember(stamp, text) {
  try {
    writeFileSync(stamp, text);
  } catch (error) {
    if (!['EACCES', 'EROFS', 'EPERM'].includes(error.code)) throw error;
  }
}

async function digest(bytes) {
  const { createHash } = await import('node:crypto');
  return createHash('sha256').update(bytes).digest('hex');
}

const readLines = (path) => (existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []);
const say = (text) => process.stderr.write(`${text}\n`);

function fail(text) {
  say(text);
  process.exit(1);
}

/** `node bin/bootstrap.mjs test|check|bench|build …`: prepares, then runs the script of that name. */
if (process.argv[1]?.endsWith('bootstrap.mjs')) {
  const { spawnSync } = await import('node:child_process');
  const { fileURLToPath } = await import('node:url');
  const root = fileURLToPath(new URL('..', import.meta.url));
  const [task, ...rest] = process.argv.slice(2);
  await prepare(root);
  if (task !== 'build') {
    const { status } = spawnSync(process.execPath, [`${root}scripts/${task}.mjs`, ...rest], {
      cwd: root,
      stdio: 'inherit',
    });
    process.exitCode = status ?? 1;
  }
}
