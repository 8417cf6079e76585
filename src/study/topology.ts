import type { Edge } from './inputs.ts';
import type { Problems } from './problems.ts';

/** The inputs of each stage: edges by the name of the stage they come from, in the order in which they are written. */
export type Graph = ReadonlyMap<string, ReadonlyMap<string, Edge>>;

/** Every stage after its inputs; among those that could come next, the one declared first. Reports cycles. */
export function topologicalOrder(graph: Graph, problems: Problems): string[] {
  const names = [...graph.keys()];
  const position = new Map(names.map((name, i) => [name, i]));
  const waiting = new Map<string, number>();
  const users = new Map<string, string[]>();
  for (const [name, edges] of graph) {
    const known = [...edges.keys()].filter((from) => graph.has(from));
    waiting.set(name, known.length);
    for (const from of known) users.set(from, [...(users.get(from) ?? []), name]);
  }
  const ready = names.filter((name) => waiting.get(name) === 0);
  const order: string[] = [];
  for (let next = ready.shift(); next !== undefined; next = ready.shift()) {
    order.push(next);
    for (const user of users.get(next) ?? []) {
      const left = waiting.get(user)! - 1;
      waiting.set(user, left);
      if (left === 0) insert(ready, user, position);
    }
  }
  if (order.length < names.length) reportCycles(graph, new Set(order), problems);
  return order;
}

function insert(ready: string[], name: string, position: ReadonlyMap<string, number>): void {
  const at = position.get(name)!;
  let low = 0;
  let high = ready.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (position.get(ready[middle])! < at) low = middle + 1;
    else high = middle;
  }
  ready.splice(low, 0, name);
}

/** More cycles than these come from the same few mistakes. */
const MOST_CYCLES = 20;
const MOST_SEARCHES = 1000;

function reportCycles(graph: Graph, ordered: ReadonlySet<string>, problems: Problems): void {
  const told = new Set<string>();
  let searches = 0;
  let cycles = 0;
  for (const name of graph.keys()) {
    if (ordered.has(name) || told.has(name)) continue;
    if (++searches > MOST_SEARCHES || cycles >= MOST_CYCLES) return;
    const cycle = shortestCycle(graph, name);
    if (cycle === undefined) continue;
    cycles++;
    for (const each of cycle) told.add(each);
    const message = `stages need one another in a circle: ${[...cycle, name].join(' → ')}`;
    problems.add({
      code: 'cycle',
      at: graph.get(name)!.get(cycle.at(-1)!)!.at,
      message,
      expected: 'every stage to come before those that use it',
    });
  }
}

/** The shortest way from a stage along its outputs back to itself: [name, …, the one that `name` takes an input from]. */
function shortestCycle(graph: Graph, name: string): string[] | undefined {
  const toward = new Map<string, string>();
  let front = [name];
  while (front.length > 0) {
    const next: string[] = [];
    for (const user of front) {
      for (const from of graph.get(user)?.keys() ?? []) {
        if (from === name) {
          const way = [name];
          for (let here = user; here !== name; here = toward.get(here)!) way.push(here);
          return way;
        }
        if (toward.has(from) || !graph.has(from)) continue;
        toward.set(from, user);
        next.push(from);
      }
    }
    front = next;
  }
  return undefined;
}
