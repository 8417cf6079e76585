import { type ActionNode, dependencies } from './graph.ts';

/** Which nodes wait for which, and for how many still. */
export class Users {
  readonly #waitingFor = new Map<ActionNode, number>();
  readonly #users = new Map<string, ActionNode[]>();

  /** Adds a node with what it depends on. Returns whether it need not wait. */
  add(node: ActionNode): boolean {
    const needed = new Set(dependencies(node));
    this.#waitingFor.set(node, needed.size);
    for (const target of needed) this.#addUser(target, node);
    return needed.size === 0;
  }

  /** Lets a node wait for one more target, and for nothing else. */
  putOff(node: ActionNode, target: string): void {
    this.#waitingFor.set(node, 1);
    this.#addUser(target, node);
  }

  /** The users of a target that is done which wait for nothing any more. */
  *ready(target: string): Iterable<ActionNode> {
    for (const user of this.of(target)) {
      const left = this.#waitingFor.get(user)! - 1;
      this.#waitingFor.set(user, left);
      if (left === 0) yield user;
    }
  }

  of(target: string): readonly ActionNode[] {
    return this.#users.get(target) ?? [];
  }

  /** Takes a node out of the run. Returns whether it was in it. */
  drop(node: ActionNode): boolean {
    if (this.#waitingFor.get(node) === Number.POSITIVE_INFINITY) return false;
    this.#waitingFor.set(node, Number.POSITIVE_INFINITY);
    return true;
  }

  #addUser(target: string, node: ActionNode): void {
    const users = this.#users.get(target);
    if (users === undefined) this.#users.set(target, [node]);
    else users.push(node);
  }
}
