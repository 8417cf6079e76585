import { expect, it } from 'vitest';
import { clusterWords } from '../../src/cli/clusterWords.ts';
import type { ClusterState } from '../../src/engine/events.ts';

const state = (more: Partial<ClusterState>): ClusterState => ({
  waiting: 0,
  queued: 0,
  running: 0,
  packed: 0,
  done: 0,
  adopted: 0,
  jobs: 0,
  reasons: {},
  ...more,
});

it('how a cluster stands is told in a few words, with how far those are that told', () => {
  const running = state({ running: 3 });
  expect(clusterWords(state({}))).toBe('');
  expect(clusterWords(running)).toBe('on the cluster: 3 running');
  expect(clusterWords(running, [0, 0, 0, 0])).toBe('on the cluster: 3 running');
  expect(clusterWords(running, [0.41, 0, 0])).toBe('on the cluster: 3 running (1 of them 41 % done)');
  expect(clusterWords(running, [0.2, 0.65, 0.419, 0])).toBe('on the cluster: 3 running (20 to 65 % done)');
  const reasons = { Priority: 2, Resources: 1 };
  expect(clusterWords(state({ running: 1, queued: 3, waiting: 5, packed: 2, reasons }), [1])).toBe(
    'on the cluster: 1 running (100 % done), 3 queued (Priority 2, Resources 1), 5 to be submitted, 2 of them packed',
  );
});
