import { expect, it } from 'vitest';
import { type ActionNode, cellTarget } from '../../src/engine/graph.ts';
import { Pace } from '../../src/engine/pace.ts';
import { cell, stage } from './fakes.ts';

const node = (name: string, role: ActionNode['role'] = 'run'): ActionNode => {
  const of = stage(name, [cell()]);
  return { target: cellTarget(of, of.cells[0]), role, stage: of, cell: of.cells[0], replicate: null, inputs: {} };
};

it('gives one action at a time until it knows how long they take, and many of the short ones', () => {
  const pace = new Pace();
  expect(pace.most(node('a'))).toBe(1);
  pace.took(node('a'), 0.004);
  expect(pace.most(node('a'))).toBe(10);
  pace.took(node('b'), 0);
  expect(pace.most(node('b'))).toBe(64);
  expect(pace.most(node('a', 'combine'))).toBe(1);
});

it('falls back to one at once when an action is long, and forgets that slowly', () => {
  const pace = new Pace();
  for (let i = 0; i < 10; i++) pace.took(node('a'), 0.001);
  expect(pace.most(node('a'))).toBe(40);
  pace.took(node('a'), 5);
  expect(pace.most(node('a'))).toBe(1);
  pace.took(node('a'), 0.001);
  expect(pace.most(node('a'))).toBe(1);
});
