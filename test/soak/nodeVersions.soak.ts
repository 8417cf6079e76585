import { spawn } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/store/canonical.ts';
import { BIN, ending } from '../cli/study.ts';
import { temporaryFolders } from '../store/folder.ts';
import { below } from './failpoints.ts';
import { nodeOfMajor } from './nodeVersions.ts';
import { reportText } from './reportText.ts';

const folder = temporaryFolders();
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The study of the paper, whole, with fewer events. */
const SMALL = ['events=1e4', 'pathEvents=1e4', 'thresholdEvents=1e4', 'pairEvents=1e4', 'replicates=2', 'paths=2'];

/** Tells when and with what the results were made. */
const TIMED = new Set(['run.json']);

/** What has to be the same of a file: all of it, and of the report all but when and with what it was made. */
const contentOf = (path: string): string | Buffer =>
  basename(path) === 'index.html' ? reportText(readFileSync(path, 'utf8')).join('\n') : readFileSync(path);

/** Runs the study in an empty store; gives the digest of each file of `out/`. */
async function resultsUnder(node: string): Promise<Record<string, string>> {
  const root = folder();
  for (const path of ['pipeline.yaml', 'experiments']) cpSync(join(ROOT, path), join(root, path), { recursive: true });
  const set = SMALL.flatMap((pair) => ['--set', pair]);
  const { NODE_EXTRA_CA_CERTS: _, FORCE_COLOR: __, ...env } = process.env;
  const args = [BIN, 'run', '--profile', 'quick', ...set];
  const child = spawn(node, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const { code, err } = await ending(child);
  if (code !== 0) throw new Error(err);
  const out = join(root, 'out');
  return Object.fromEntries(
    below(out)
      .filter((path) => !TIMED.has(basename(path)))
      .map((path) => [path.slice(out.length + 1), sha256(contentOf(path))]),
  );
}

const OTHERS = [20, 22, 24, 26].filter((major) => !process.versions.node.startsWith(`${major}.`));
const majors = OTHERS.map((major) => [major, nodeOfMajor(major, folder())] as const);
const own = await resultsUnder(process.execPath);

describe('tables, figures, verdicts and what the report says of them', () => {
  it('are many', () => {
    expect(Object.keys(own).length).toBeGreaterThan(100);
    const extensions = new Set(Object.keys(own).map((path) => extname(path)));
    for (const each of ['.arrow', '.csv', '.parquet', '.svg', '.png', '.pdf', '.html', '.json'])
      expect(extensions).toContain(each);
  });

  for (const [major, node] of majors) {
    const why = node === undefined ? ' (skipped: it cannot be had from the package registry here)' : '';
    it.skipIf(node === undefined)(
      `have the same bytes under Node ${major} as under ${process.versions.node}${why}`,
      async () => {
        expect(await resultsUnder(node!)).toEqual(own);
      },
      300_000,
    );
  }
});
