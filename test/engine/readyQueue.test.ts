import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ActionNode } from '../../src/engine/graph.ts';
import { ReadyQueue } from '../../src/engine/readyQueue.ts';

it('hands out in the order of the plan what waits, however pushes and shifts are mixed', () => {
  const step = fc.oneof(fc.nat(30), fc.constant('shift' as const));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const nodes = Array.from({ length: 31 }, (_, at) => ({ target: String(at) }) as ActionNode);
      const queue = new ReadyQueue(nodes);
      let model: number[] = [];
      for (const each of steps) {
        const least = Math.min(...model);
        expect(queue.first).toBe(nodes[least]);
        if (each !== 'shift') {
          queue.push(nodes[each]);
          model.push(each);
        } else {
          expect(queue.shift()).toBe(nodes[least]);
          const at = model.indexOf(least);
          model = model.filter((_, index) => index !== at);
        }
        expect(queue.length).toBe(model.length);
      }
    }),
  );
});
