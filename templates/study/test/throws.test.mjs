// `npm test`: the kind of stage by itself, as the command line runs it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const study = fileURLToPath(new URL('..', import.meta.url));
const driftline = fileURLToPath(new URL('bin/driftline', import.meta.resolve('driftline/package.json')));

/** Runs the kind `throws` once; gives its tables, and the exit code. */
function throws(darts, seed = 'a seed') {
  const words = ['stage', 'run', 'throws', '--with', JSON.stringify({ darts }), '--seed', seed];
  const { status, stdout, stderr } = spawnSync(process.execPath, [driftline, ...words], {
    cwd: study,
    encoding: 'utf8',
  });
  return { status, stderr, tables: status === 0 ? JSON.parse(stdout) : undefined };
}

test('many darts come near π', () => {
  const [{ pi }] = throws(100_000).tables.estimate;
  assert.ok(Math.abs(pi - Math.PI) < 0.03, `found ${pi}`);
});

test('the same seed gives the same numbers, another one others', () => {
  assert.deepEqual(throws(1000).tables, throws(1000).tables);
  assert.notDeepEqual(throws(1000).tables, throws(1000, 'another seed').tables);
});

test('no dart at all is refused', () => {
  assert.equal(throws(0).status, 2);
});
