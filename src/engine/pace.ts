import type { ActionNode } from './graph.ts';

/** How long a thread is to be busy with what it is given in one go: long against the handing over, short for a person. */
const BUSY_SECONDS = 0.04;

/** At most so many actions in one go, and so many records in one write. */
const MOST = 64;

/** What an older time weighs against a newer one. */
const OLDER = 0.7;

/** How long the actions of a stage take, by those that this run has seen. */
export class Pace {
  readonly #seconds = new Map<string, number>();

  /** How many actions like this one a thread should be given in one go: one of a stage that nothing is known about. */
  most({ stage, role }: ActionNode): number {
    const seconds = this.seconds({ stage, role });
    if (seconds === undefined) return 1;
    return Math.max(1, Math.min(MOST, Math.floor(BUSY_SECONDS / Math.max(seconds, 1e-6))));
  }

  /** What an action like this one takes; undefined where none was seen. */
  seconds({ stage, role }: Pick<ActionNode, 'stage' | 'role'>): number | undefined {
    return this.#seconds.get(`${stage.name} ${role}`);
  }

  /** Tells of an action that took so many seconds. A long one counts at once, a short one little by little. */
  took({ stage, role }: ActionNode, seconds: number): void {
    const name = `${stage.name} ${role}`;
    const before = this.#seconds.get(name) ?? seconds;
    this.#seconds.set(name, Math.max(seconds, OLDER * before + (1 - OLDER) * seconds));
  }
}
