import type { Digest } from '../store/canonical.ts';
import type { ActionNode } from './graph.ts';
import type { ResolveContext, ResolvedAction } from './resolve.ts';
import { twins } from './twins.ts';

/** Which targets are one computation under several names; told from the plan, not from who is first. */
export class Namesakes {
  readonly #nodes: readonly ActionNode[];
  readonly #context: Pick<ResolveContext, 'kinds'>;
  /** The target whose result another takes. Found out when first asked: a run with nothing to do never asks. */
  #leaders: Map<string, string> | undefined;
  /** Who is to compute a key: of those whose keys are known before anything was computed, and that looks asked for. */
  readonly #firstWith = new Map<Digest, string>();
  /** Targets that hang on a look and that a forecast says to run, for it knows that they are needed. */
  readonly #foreseen = new Set<string>();

  constructor(nodes: readonly ActionNode[], context: Pick<ResolveContext, 'kinds'>) {
    this.#nodes = nodes;
    this.#context = context;
  }

  /** The target that is to do the computation of this one. `starting`: nothing was computed yet in this run. */
  leaderOf({ node, key }: ResolvedAction, starting: boolean): string | undefined {
    this.#leaders ??= twins(this.#nodes, this.#context);
    const hangs = node.gate !== undefined;
    // At the start a node that a look asked for earlier is as sure to run as any, so the first one in the plan leads.
    const twin = hangs && starting ? undefined : this.#leaders.get(node.target);
    const leader = twin ?? (hangs || starting ? this.#firstWith.get(key) : undefined);
    if (leader !== undefined) this.#leaders.set(node.target, leader);
    else if (hangs || starting) this.#firstWith.set(key, node.target);
    if (leader === undefined && hangs && starting) this.#foreseen.add(node.target);
    return leader;
  }

  /**
   * Whether a target may take what this run computed under another name: of the same computation, and whatever a look
   * asks for in this run, since no forecast says that it is run.
   */
  mayTake({ target, gate }: ActionNode): boolean {
    if (gate !== undefined) return !this.#foreseen.has(target);
    return this.#leaders?.has(target) ?? false;
  }
}
