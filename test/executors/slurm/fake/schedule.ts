import type { FakeJob } from './job.ts';

export interface FakeNode {
  readonly name: string;
  readonly cpus: number;
  /** MiB. */
  readonly memory: number;
  up: boolean;
  usedCpus: number;
  usedMemory: number;
}

/** A node where a job fits now; undefined where none does. */
export const nodeFor = ({ submission }: FakeJob, nodes: readonly FakeNode[]): FakeNode | undefined =>
  nodes.find(
    ({ name, up, cpus, memory, usedCpus, usedMemory }) =>
      up &&
      cpus - usedCpus >= submission.cpus &&
      memory - usedMemory >= submission.memory &&
      (submission.nodes?.includes(name) ?? true),
  );

/** A node takes or gives back what a job asked for. */
export function occupy(node: FakeNode, { submission }: FakeJob, sign: 1 | -1): void {
  node.usedCpus += sign * submission.cpus;
  node.usedMemory += sign * submission.memory;
}

/** Slurm's words for a node. */
export const nodeState = ({ up, cpus, usedCpus }: FakeNode): string =>
  !up ? 'down' : usedCpus === 0 ? 'idle' : usedCpus < cpus ? 'mixed' : 'allocated';
