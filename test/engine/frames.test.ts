import { describe, expect, it } from 'vitest';
import { framesIn } from '../../src/engine/frames.ts';

const BUNDLE = 'file:///home/a%20b/.driftline/kinds/0123-4567.mjs';

describe('the calls of a stack', () => {
  it('are those in the bundle, with their names, whatever the form of the line', () => {
    const stack = `TypeError: it is
    at file:///elsewhere.mjs:1:2)
    at inner (${BUNDLE}:1:200)
    at Object.run (${BUNDLE}:2:30)
    at async Object.run [as it] (${BUNDLE}:3:4)
    at ${BUNDLE}:4:5
    at async ${BUNDLE}:5:6
    at new Thing (${BUNDLE}:6:7)
    at Array.map (<anonymous>)
    at node:internal/process/task_queues:95:5
    at perform (file:///driftline/dist/cli/worker.js:1:1)`;
    expect(framesIn(stack, BUNDLE)).toEqual([
      { name: 'inner', line: 1, column: 200 },
      { name: 'run', line: 2, column: 30 },
      { name: 'run', line: 3, column: 4 },
      { line: 4, column: 5 },
      { line: 5, column: 6 },
      { name: 'new Thing', line: 6, column: 7 },
    ]);
  });

  it('are none of an endless line, and not endlessly many', () => {
    expect(framesIn(`    at ${'('.repeat(5000)}file:${':1'.repeat(5000)}`, BUNDLE)).toEqual([]);
    expect(framesIn(`    at f (${BUNDLE}:1:1)\n`.repeat(1000), BUNDLE)).toHaveLength(16);
  });
});
