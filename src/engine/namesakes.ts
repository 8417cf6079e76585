import type { Digest } from '../store/canonical.ts';
import type { ActionNode } from './graph.ts';
import type { ResolveContext, ResolvedAction } from './resolve.ts';
import { twins } from './twins.ts';

/** Which targets are one computation under several names; told from the plan, not from who is first. */
export class Namesakes {
  readonly #nodes: readonly ActionNode[];
  readonly #context: Pick<ResolveContext, 'plan' | 'kinds'>;
  /** The target whose result another takes. Found out when first asked: a run with nothing to do never asks. */
  #leaders: Map<string, string> | undefined;
  /** Who is to compute a key, of those whose keys are known before anything was computed. */
  readonly #firstWith = new Map<Digest, string>();

  constructor(nodes: readonly ActionNode[], context: Pick<ResolveContext, 'plan' | 'kinds'>) {
    this.#nodes = nodes;
    this.#context = context;
  }

  /** The target that is to do the computation of this one. `starting`: nothing was computed yet in this run. */
  leaderOf({ node, key }: ResolvedAction, starting: boolean): string | undefined {
    this.#leaders ??= twins(this.#nodes, this.#context);
    const leader = this.#leaders.get(node.target) ?? (starting ? this.#firstWith.get(key) : undefined);
    if (leader !== undefined) this.#leaders.set(node.target, leader);
    else if (starting) this.#firstWith.set(key, node.target);
    return leader;
  }

  /** Whether a target takes the result of another. */
  follows({ target }: ActionNode): boolean {
    return this.#leaders?.has(target) ?? false;
  }
}
