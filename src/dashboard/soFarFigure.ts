import { cellTarget } from '../engine/graph.ts';
import { resolveAction } from '../engine/resolve.ts';
import { type SoFar, soFar } from '../engine/soFar.ts';
import { storeFiles } from '../engine/storeFiles.ts';
import type { Executor, Task } from '../engine/task.ts';
import type { ActionRecord } from '../store/actions.ts';
import { isDigest } from '../store/canonical.ts';
import { Cas } from '../store/cas.ts';
import { materialise } from '../store/materialise.ts';
import type { PlannedStage } from '../study/plan.ts';
import type { LiveStudy } from './liveStudy.ts';
import type { FigureSoFar } from './protocol.ts';
import { type Results, svgOutput } from './results.ts';

/** A failed attempt to draw: the words of what failed. */
class NotDrawn extends Error {}

/**
 * Draws figures from the replicates that are there. What is made on the way is no result of the study: it is kept in a
 * folder of its own, by the same keys, so that only what became other is made again.
 */
export class SoFarFigures {
  readonly #folder: string;
  readonly #cas: Cas;
  readonly #executor: () => Executor;
  readonly #made = new Map<string, ActionRecord>();
  /** One at a time. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param folder on the disk of the store, and of nobody else */
  constructor(folder: string, executor: () => Executor) {
    this.#folder = folder;
    this.#cas = new Cas(folder);
    this.#executor = executor;
  }

  figureOf(study: LiveStudy, results: Results, stage: PlannedStage): Promise<FigureSoFar> {
    const drawn = this.#last.then(() => this.#draw(study, results, stage));
    this.#last = drawn.catch(() => undefined);
    return drawn;
  }

  /** The bytes of a figure that was drawn here. */
  bytes(digest: string): Buffer | undefined {
    return isDigest(digest) && this.#cas.has(digest) ? this.#cas.get(digest) : undefined;
  }

  async #draw(study: LiveStudy, results: Results, stage: PlannedStage): Promise<FigureSoFar> {
    const target = cellTarget(stage, stage.cells[0]);
    const { open } = study;
    const needed = open.graph.select((node) => node.target === target);
    const there = new Map<string, ActionRecord>();
    const known = new Map<string, ActionRecord | undefined>();
    results.refresh();
    for (const node of needed) {
      const record = results.recordOf(node.target, known);
      if (record !== undefined) there.set(node.target, record);
    }
    const found = soFar(needed, (name) => there.has(name));
    if (found.lacks !== undefined) return { digest: null, takenIn: [], lacks: found.lacks };
    try {
      const record = await this.#make(study, found, there, target);
      return { digest: record.outputs[svgOutput(stage)!]?.digest ?? null, takenIn: found.takenIn, lacks: null };
    } catch (error) {
      if (!(error instanceof NotDrawn)) throw error;
      return { digest: null, takenIn: found.takenIn, lacks: error.message };
    }
  }

  async #make(
    { open }: LiveStudy,
    { nodes }: SoFar,
    there: Map<string, ActionRecord>,
    target: string,
  ): Promise<ActionRecord> {
    for (const node of nodes) {
      if (there.has(node.target)) continue;
      const record = (name: string): ActionRecord | undefined => there.get(name);
      const action = resolveAction(node, { ...open, record });
      const { key, task } = action;
      let made = this.#made.get(key);
      if (made === undefined) {
        const changed = storeFiles(action, open.studyRoot, this.#cas);
        if (changed !== undefined) throw new NotDrawn(changed.message);
        this.#bring(open.cas, task, open.stats);
        const signal = new AbortController().signal;
        const result = await this.#executor().execute(
          { ...task, storeRoot: this.#folder },
          { signal, onProgress: () => undefined },
        );
        if (!result.ok) throw new NotDrawn(result.failure.message);
        made = { outputs: result.outputs, seconds: result.seconds, run: '', target: node.target };
        this.#made.set(key, made);
      }
      there.set(node.target, made);
    }
    return there.get(target)!;
  }

  /** Links what a task reads from the store into the folder. */
  #bring(from: Cas, { inputs }: Task, stats: LiveStudy['open']['stats']): void {
    for (const { digest } of Object.values(inputs).flat()) {
      if (!this.#cas.has(digest)) materialise(from, digest, this.#cas.path(digest), stats);
    }
  }
}
