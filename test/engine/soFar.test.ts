import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActionGraph, type ActionNode } from '../../src/engine/graph.ts';
import { soFar } from '../../src/engine/soFar.ts';
import type { Plan } from '../../src/study/plan.ts';
import { cell, kind, planOf, stage } from './fakes.ts';

const CONTRACTS = new Map(
  [
    kind('simulate', { seeded: true, replicateOutputs: { out: { type: 'table' } } }),
    kind('join'),
    kind('figure', { outputs: { svg: { type: 'file', extension: 'svg' } } }),
    kind('fit'),
  ].map(({ uses, contract }) => [uses, contract]),
);

const CELLS = 3;

const study = (replicates: number, more: Partial<Plan['stages'][number]> = {}): Plan =>
  planOf([
    stage(
      'draws',
      Array.from({ length: CELLS }, (_, C) => cell({ C }, { C })),
      { uses: 'simulate', replicates, ...more },
    ),
    stage('rows', [cell({}, {}, { draws: 'draws.out' })], { uses: 'join' }),
    stage('drawing', [cell({}, {}, { rows: 'rows.out' })], {
      uses: 'figure',
      outputs: { svg: { type: 'file', extension: 'svg' } },
    }),
  ]);

const needed = (plan: Plan, target = 'drawing'): ActionNode[] =>
  new ActionGraph(plan, CONTRACTS).select((node) => node.target === target);

/** What decides the results: who reads what, with which parts. */
const essence = (nodes: readonly ActionNode[]) =>
  nodes.map(({ target, role, inputs, parts, looks }) => ({ target, role, inputs, parts, looks }));

describe('a figure so far', () => {
  it('is that of the study with fewer replicates, where all cells have as many', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 0, max: 4 }), (there, more) => {
        const isThere = (target: string): boolean => {
          const [, replicate] = /#(\d+)$/.exec(target) ?? [];
          return replicate !== undefined && Number(replicate) < there;
        };
        const found = soFar(needed(study(there + more + 1)), isThere);
        expect(found.lacks).toBeUndefined();
        expect(essence(found.nodes)).toEqual(essence(needed(study(there))));
        const takenIn = { stage: 'draws', cells: CELLS, ofCells: CELLS, fewest: there, most: there };
        expect(found.takenIn).toEqual([{ ...takenIn, ofReplicates: there + more + 1 }]);
      }),
    );
  });

  it('takes the first replicates of each cell up to the first gap, and leaves out cells with fewer than two', () => {
    const subsets = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 4 })), { minLength: CELLS, maxLength: CELLS });
    fc.assert(
      fc.property(subsets, (done) => {
        const there = new Set(done.flatMap((replicates, C) => replicates.map((r) => `draws[C=${C}]#${r}`)));
        const { nodes, lacks } = soFar(needed(study(5)), (target) => there.has(target));
        const runs = done.map((replicates) => [0, 1, 2, 3, 4, 5].find((r) => !replicates.includes(r))!);
        const shown = runs.filter((run) => run >= 2);
        const combined = nodes.filter(({ role }) => role === 'combine');
        expect(combined.map(({ inputs }) => (inputs.out as readonly unknown[]).length)).toEqual(shown);
        expect(lacks).toBe(shown.length === 0 ? 'draws' : undefined);
        const gather = nodes.find(({ role }) => role === 'gather');
        expect(gather?.parts).toEqual(
          shown.length === 0 ? undefined : runs.flatMap((run, C) => (run >= 2 ? [{ C }] : [])),
        );
      }),
    );
  });

  it('is of as many replicates as there are also where looks were to decide, and asks none of them', () => {
    const until = { min: 2, metric: { output: 'out', column: 'x' }, width: { relative: 0.1 }, confidence: 0.95 };
    const there = new Set([0, 1, 2].flatMap((C) => [0, 1].map((r) => `draws[C=${C}]#${r}`)));
    const { nodes, lacks } = soFar(needed(study(9, { until })), (target) => there.has(target));
    expect(lacks).toBeUndefined();
    expect(nodes.filter(({ role }) => role === 'decide')).toEqual([]);
    expect(nodes.every((node) => node.looks === undefined)).toBe(true);
  });

  it('computes nothing that takes its time: what only a stage of its own can give has to be there', () => {
    const plan = study(4);
    const fit = stage('fit', [cell({}, {}, { rows: 'rows.out' })], { uses: 'fit' });
    const after = stage('after', [cell({}, {}, { rows: 'fit.out' })], { uses: 'figure' });
    const nodes = needed({ ...plan, stages: [...plan.stages, fit, after] }, 'after');
    const there = new Set([0, 1, 2].flatMap((C) => [0, 1].map((r) => `draws[C=${C}]#${r}`)));
    expect(soFar(nodes, (target) => there.has(target)).lacks).toBe('fit');
  });
});
