import type { ActionLog } from '../store/actions.ts';
import { Durations } from './costs/durations.ts';
import { History } from './explain/history.ts';
import type { Pace } from './pace.ts';
import type { ResolveContext, ResolvedAction } from './resolve.ts';

/** How long actions that are to be sent away will take, as well as can be told. */
export class Expectation {
  readonly #context: Omit<ResolveContext, 'record'> & { readonly log: ActionLog };
  readonly #pace: Pace;
  readonly #hint: (stage: string) => number | undefined;
  /** Reads all records: only when first asked. */
  #durations: Durations | undefined;

  constructor(
    context: Omit<ResolveContext, 'record'> & { readonly log: ActionLog },
    pace: Pace,
    hint: (stage: string) => number | undefined,
  ) {
    this.#context = context;
    this.#pace = pace;
    this.#hint = hint;
  }

  /**
   * Seconds: what a person said, else what this very action or others of its cell took, else what this run saw of its
   * stage, else what earlier runs saw of it. Undefined where nothing is known.
   */
  of({ node, key }: ResolvedAction): number | undefined {
    const hint = this.#hint(node.stage.name);
    if (hint !== undefined) return hint;
    this.#durations ??= new Durations(new History(this.#context.log, this.#context.storeRoot), this.#context);
    const { seconds, basis } = this.#durations.of({ node, state: 'run', key });
    return basis === 'itself' || basis === 'cell' ? seconds : (this.#pace.seconds(node) ?? seconds);
  }
}
