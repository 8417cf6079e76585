import { describe, expect, it } from 'vitest';
import { ActionGraph, dependencies } from '../../src/engine/graph.ts';
import { outFiles } from '../../src/engine/layout.ts';
import { ReadyQueue } from '../../src/engine/readyQueue.ts';
import { twins } from '../../src/engine/twins.ts';
import type { PlannedStage } from '../../src/study/plan.ts';
import { cell, kind, planOf, stage } from './fakes.ts';

const cells = [2, 3].map((C) => cell({ C }, { C }));
const combining = { uses: 'sim', replicates: 2 };
const CONTRACTS = new Map([
  ['fake', kind('fake').contract],
  ['sim', kind('sim', { replicateOutputs: { part: { type: 'table' } } }).contract],
]);
const graphOf = (...stages: PlannedStage[]) => new ActionGraph(planOf(stages), CONTRACTS);
const targets = (graph: ActionGraph) => [...graph.nodes.keys()];
const needs = (graph: ActionGraph, target: string) => [...dependencies(graph.nodes.get(target)!)];

describe('the graph of actions', () => {
  it('has an action for each cell, and one that gathers them', () => {
    const graph = graphOf(stage('a', cells));
    expect(targets(graph)).toEqual(['a[C=2]', 'a[C=3]', 'a.out']);
    expect(graph.nodes.get('a.out')).toMatchObject({ role: 'gather', parts: [{ C: 2 }, { C: 3 }] });
    expect(needs(graph, 'a.out')).toEqual(['a[C=2]', 'a[C=3]']);
  });

  it('has an action for each replicate, and one that combines them where the kind does', () => {
    const graph = graphOf(stage('s', cells.slice(0, 1), combining));
    expect(targets(graph)).toEqual(['s[C=2]#0', 's[C=2]#1', 's[C=2]', 's.out']);
    expect(needs(graph, 's[C=2]')).toEqual(['s[C=2]#0', 's[C=2]#1']);
    expect(needs(graph, 's.out')).toEqual(['s[C=2]']);
  });

  it('gathers replicates themselves, with their numbers, where the kind does not combine them', () => {
    const graph = graphOf(stage('a', cells.slice(0, 1), { replicates: 2 }));
    expect(targets(graph)).toEqual(['a[C=2]#0', 'a[C=2]#1', 'a.out']);
    expect(graph.nodes.get('a.out')?.parts).toEqual([
      { C: 2, replicate: 0 },
      { C: 2, replicate: 1 },
    ]);
  });

  it('gives a combining kind one replicate where the stage names none', () => {
    expect(targets(graphOf(stage('s', [cell()], { uses: 'sim' })))).toEqual(['s#0', 's', 's.out']);
  });

  it('gathers once for all readers, and the selected cells alone for one that selects', () => {
    const chosen = { from: 'stage', stage: 'a', output: 'out', where: { C: 3 } } as const;
    const graph = graphOf(
      stage('a', cells),
      stage('b', [cell({}, {}, { rows: 'a.out' })]),
      stage('c', [cell({}, {}, { rows: 'a.out' })]),
      stage('d', [cell({}, {}, { rows: chosen })]),
    );
    expect(needs(graph, 'b')).toEqual(['a.out']);
    expect(needs(graph, 'c')).toEqual(['a.out']);
    expect(needs(graph, 'd')).toEqual(['a.out[C=3]']);
    expect(needs(graph, 'a.out[C=3]')).toEqual(['a[C=3]']);
  });

  it('takes a file from its only cell', () => {
    const graph = graphOf(
      stage('a', [cell()], { outputs: { plot: { type: 'file', extension: 'svg' } } }),
      stage('b', [cell({}, {}, { plot: 'a.plot' })]),
    );
    expect(graph.nodes.get('b')?.inputs).toEqual({ plot: { node: 'a', output: 'plot' } });
  });

  it('lists inputs before their users, and selects targets with all they need', () => {
    const graph = graphOf(
      stage('a', cells),
      stage('other', [cell()]),
      stage('b', [cell({}, {}, { rows: 'a.out' })]),
      stage('claim:c', [cell({}, {}, { rows: 'b.out' })]),
    );
    const order = targets(graph);
    for (const target of order)
      for (const need of needs(graph, target)) expect(order.indexOf(need)).toBeLessThan(order.indexOf(target));
    expect(graph.select((node) => node.target === 'b').map(({ target }) => target)).toEqual([
      'a[C=2]',
      'a[C=3]',
      'a.out',
      'b',
    ]);
    expect(graph.select().map(({ target }) => target)).toEqual(order);
    expect(order).not.toContain('claim:c.out');
  });
});

describe('twins', () => {
  const twinsOf = (...stages: PlannedStage[]) => {
    const plan = planOf(stages);
    const kinds = new Map([kind('fake'), kind('driftline:gather')].map((each) => [each.uses, each]));
    return Object.fromEntries(twins(new ActionGraph(plan, CONTRACTS).select(), { kinds }));
  };

  it('are the same computations all the way down', () => {
    expect(
      twinsOf(
        stage('a', [cell({}, { x: 1 })]),
        stage('b', [cell({}, { x: 1 })]),
        stage('c', [cell({}, {}, { rows: 'a.out' })]),
        stage('d', [cell({}, {}, { rows: 'b.out' })]),
      ),
    ).toEqual({ b: 'a', 'b.out': 'a.out', d: 'c', 'd.out': 'c.out' });
  });

  it('are not those that differ in parameters, in the name of an input, or in replicates', () => {
    expect(
      twinsOf(
        stage('a', [cell({}, { x: 1 })]),
        stage('b', [cell({}, { x: 2 })]),
        stage('c', [cell({}, {}, { rows: 'a.out' })]),
        stage('d', [cell({}, {}, { other: 'a.out' })]),
        stage('e', [cell({}, { x: 1 })], { replicates: 2 }),
      ),
    ).toEqual({});
  });
});

describe('ReadyQueue', () => {
  it('hands out nodes in the order of the plan, in whichever order they come', () => {
    const nodes = [...graphOf(stage('a', cells), stage('b', [cell()])).nodes.values()];
    const queue = new ReadyQueue(nodes);
    for (const at of [3, 0, 4, 2]) queue.push(nodes[at]);
    expect(queue.shift()).toBe(nodes[0]);
    queue.push(nodes[1]);
    expect([queue.shift(), queue.shift(), queue.shift(), queue.shift(), queue.shift()]).toEqual([
      nodes[1],
      nodes[2],
      nodes[3],
      nodes[4],
      undefined,
    ]);
  });
});

describe('the layout of out/', () => {
  const record = (...names: string[]) => ({
    outputs: Object.fromEntries(names.map((name) => [name, { digest: `digest of ${name}`, bytes: 1 }])),
    seconds: 1,
    run: 'r',
    target: 't',
  });
  const paths = (graph: ActionGraph, target: string, ...names: string[]) =>
    outFiles(graph.nodes.get(target)!, record(...names)).map(({ path }) => path.replaceAll('\\', '/'));

  it('has tables by stage and output, in both formats', () => {
    expect(paths(graphOf(stage('a', cells)), 'a.out', 'table', 'csv')).toEqual([
      'tables/a.out.arrow',
      'tables/a.out.csv',
    ]);
  });

  it('has figures by stage, other files by stage and output, each with its cell', () => {
    const graph = graphOf(
      stage('f', cells, {
        outputs: { svg: { type: 'file', extension: 'svg' }, log: { type: 'file', extension: 'txt' } },
      }),
    );
    expect(paths(graph, 'f[C=2]', 'svg', 'log')).toEqual(['figures/f-C=2.svg', 'files/f-C=2.log.txt']);
    expect(paths(graph, 'f[C=2]', 'svg')).toEqual(['figures/f-C=2.svg']);
  });

  it('has no replicates, no selections and no verdicts', () => {
    const chosen = { from: 'stage', stage: 's', output: 'out', where: { C: 3 } } as const;
    const graph = graphOf(
      stage('s', cells, combining),
      stage('claim:c', [cell({}, {}, { rows: chosen })], { outputs: { verdict: { type: 'file', extension: 'json' } } }),
    );
    expect(paths(graph, 's[C=2]#0', 'part')).toEqual([]);
    expect(paths(graph, 's.out[C=3]', 'table', 'csv')).toEqual([]);
    expect(paths(graph, 'claim:c', 'verdict')).toEqual([]);
  });
});
