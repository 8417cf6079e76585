import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Durations, Estimate } from '../../../src/engine/costs/durations.ts';
import { Outlook } from '../../../src/engine/costs/outlook.ts';
import { ActionGraph, type ActionNode } from '../../../src/engine/graph.ts';
import type { PlannedStage } from '../../../src/study/plan.ts';
import { cell, kind, planOf, stage } from '../fakes.ts';

const cells = (count: number) => Array.from({ length: count }, (_, i) => cell({ i }, { i }));

const nodesOf = (...stages: PlannedStage[]): ActionNode[] =>
  new ActionGraph(planOf(stages), new Map([['fake', kind('fake').contract]])).select();

/** Earlier runs of which only these stages are known, by seconds. */
const earlier = (seconds: Readonly<Record<string, number>>) => () => {
  const of = ({ node }: { node: ActionNode }): Estimate => {
    const known = node.role === 'run' ? seconds[node.stage.name] : undefined;
    return known === undefined ? { basis: 'unknown' } : { basis: 'stage', seconds: known };
  };
  return { of } as unknown as Durations;
};

describe('how long a run has to go', () => {
  it('is not said before there is any ground for a number', () => {
    const outlook = new Outlook(nodesOf(stage('a', cells(4))), 2);
    outlook.begun('a[i=0]', 0);
    expect(outlook.left(100)).toBeUndefined();
  });

  it('follows from what this run computed itself, shared out among the cores', () => {
    const outlook = new Outlook(nodesOf(stage('a', cells(7))), 2);
    for (let i = 0; i < 3; i++) outlook.ended(`a[i=${i}]`, 10);
    expect(outlook.left(15)).toEqual({ least: 20, most: 20, unknown: 0 });
  });

  it('follows from what earlier runs recorded, until this one knows better', () => {
    const outlook = new Outlook(nodesOf(stage('a', cells(5))), 1, earlier({ a: 3 }));
    expect(outlook.left(0)).toEqual({ least: 15, most: 15, unknown: 0 });
    for (let i = 0; i < 3; i++) outlook.ended(`a[i=${i}]`, 10);
    expect(outlook.left(30)).toMatchObject({ most: 20 });
  });

  it('follows from how far a running action says that it is', () => {
    const outlook = new Outlook(nodesOf(stage('a', cells(2))), 1);
    outlook.begun('a[i=0]', 0);
    outlook.progressed('a[i=0]', 0.25);
    expect(outlook.left(0.5)).toBeUndefined(); // too early to believe it
    expect(outlook.left(10)).toEqual({ least: 70, most: 70, unknown: 0 });
  });

  it('is at least what nobody knows the rest of, and what cores cannot shorten', () => {
    const chain = nodesOf(stage('a', [cell()]), stage('b', [cell({}, {}, { x: 'a.out' })]), stage('c', [cell()]));
    expect(new Outlook(chain, 8, earlier({ a: 5, b: 7 })).left(0)).toEqual({ least: 12, most: 12, unknown: 1 });
  });

  it('ranges from no look asking for more replicates to all of them', () => {
    const until = { min: 2, metric: { output: 'out', column: 'x' }, width: { relative: 0.1 }, confidence: 0.95 };
    const nodes = nodesOf(stage('a', [cell()], { replicates: 4, until: until as never }));
    const gated = nodes.filter(({ role, gate }) => role === 'run' && gate !== undefined).length;
    expect(gated).toBe(2);
    expect(new Outlook(nodes, 1, earlier({ a: 10 })).left(0)).toEqual({ least: 20, most: 40, unknown: 0 });
  });

  it('does not end before an action that takes longer than was thought', () => {
    const outlook = new Outlook(nodesOf(stage('a', cells(1))), 1, earlier({ a: 5 }));
    outlook.begun('a[i=0]', 0);
    expect(outlook.left(4)?.most).toBe(1);
    expect(outlook.left(50)?.most).toBe(5);
  });

  it('is not told from what a kind took in other stages, unless it is known how its time grows', () => {
    const by = (grows: boolean) => () =>
      ({ of: () => ({ basis: 'kind', seconds: 3, ...(grows && { grows: 'n' }) }) }) as unknown as Durations;
    expect(new Outlook(nodesOf(stage('a', cells(2), { outputs: {} })), 1, by(false)).left(0)).toBeUndefined();
    expect(new Outlook(nodesOf(stage('a', cells(2), { outputs: {} })), 1, by(true)).left(0)?.most).toBe(6);
  });

  it('is nothing when all has ended, in whatever order it did', () => {
    const nodes = nodesOf(stage('a', cells(4)), stage('b', [cell({}, {}, { x: 'a.out' })]));
    const targets = nodes.map(({ target }) => target);
    fc.assert(
      fc.property(fc.shuffledSubarray(targets, { minLength: targets.length }), (order) => {
        const outlook = new Outlook(nodes, 2, earlier({ a: 1, b: 2 }));
        let before = Number.POSITIVE_INFINITY;
        for (const target of order) {
          const left = outlook.left(0)?.most ?? 0;
          expect(left).toBeLessThanOrEqual(before);
          before = left;
          outlook.begun(target, 0);
          outlook.ended(target);
        }
        expect(outlook.left(0)).toBeUndefined();
      }),
    );
  });
});
