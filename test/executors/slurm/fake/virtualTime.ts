import type { Clock } from '../../../../src/executors/slurm/rate.ts';
import type { FakeClock } from './clock.ts';

interface Event {
  readonly at: number;
  /** Which of two at the same time came first. */
  readonly order: number;
  readonly happen: () => void;
  cancelled: boolean;
}

const before = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Time that passes only while the head sleeps, for a head and a cluster in one process: hours in seconds. */
export class VirtualTime implements FakeClock, Clock {
  /** A binary heap. */
  readonly #events: Event[] = [];
  #now = 0;
  #order = 0;

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, happen: () => void): () => void {
    const event = { at: this.#now + milliseconds, order: this.#order++, happen, cancelled: false };
    this.#push(event);
    return () => {
      event.cancelled = true;
    };
  }

  /** All that happens meanwhile happens, each at its moment. */
  async sleep(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds;
    for (let next = this.#events[0]; next !== undefined && next.at <= until; next = this.#events[0]) {
      this.#pop();
      if (next.cancelled) continue;
      this.#now = next.at;
      next.happen();
    }
    this.#now = until;
    await new Promise((resume) => setImmediate(resume));
  }

  #push(event: Event): void {
    const heap = this.#events;
    let at = heap.push(event) - 1;
    for (let parent = (at - 1) >> 1; at > 0 && before(event, heap[parent]); parent = (at - 1) >> 1) {
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#events;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++;
      if (!before(heap[child], last)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
  }
}
