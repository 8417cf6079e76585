import { type OptionTable, parseOptions } from './options.ts';
import type { Program } from './programs.ts';
import { type FakeNode, nodeState } from './schedule.ts';
import { ranges } from './select.ts';

const OPTIONS: OptionTable = {
  Node: { letter: 'N' },
  clusters: { letter: 'M', value: true },
  format: { letter: 'o', value: true },
  noheader: { letter: 'h' },
  partition: { letter: 'p', value: true },
};

const FIELDS: Readonly<Record<string, readonly [string, (nodes: readonly FakeNode[]) => string]>> = {
  D: ['NODES', (nodes) => String(nodes.length)],
  N: ['NODELIST', (nodes) => listOf(nodes)],
  P: ['PARTITION', () => 'main*'],
  T: ['STATE', ([node]) => nodeState(node)],
  c: ['CPUS', ([node]) => String(node.cpus)],
  m: ['MEMORY', ([node]) => String(node.memory)],
  t: ['STATE', ([node]) => ({ mixed: 'mix', allocated: 'alloc' })[nodeState(node)] ?? nodeState(node)],
};

const listOf = (nodes: readonly FakeNode[]): string =>
  nodes.length === 1 ? nodes[0].name : `n[${ranges(nodes.map(({ name }) => Number(name.slice(1))))}]`;

/** A line for each node, or for those that are in one state. */
export const sinfo: Program = (cluster, { args }) => {
  const { options, unknown } = parseOptions(args, OPTIONS, true);
  if (unknown !== undefined) return { code: 1, out: '', err: `sinfo: unrecognized option '${unknown}'\n` };
  const format = options.get('format') ?? '%P|%D|%t|%N';
  const groups = new Map<string, FakeNode[]>();
  for (const node of cluster.nodes) {
    const key = options.has('Node') ? node.name : nodeState(node);
    groups.set(key, [...(groups.get(key) ?? []), node]);
  }
  const fill = (value: (name: string) => string): string =>
    format.replaceAll(/%([A-Za-z])/g, (all, name: string) => (FIELDS[name] === undefined ? all : value(name)));
  const header = options.has('noheader') ? [] : [fill((name) => FIELDS[name][0])];
  const lines = [...groups.values()].map((nodes) => fill((name) => FIELDS[name][1](nodes)));
  return { code: 0, out: [...header, ...lines].map((line) => `${line}\n`).join(''), err: '' };
};
