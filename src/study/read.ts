import { Budget, PlanTooLarge } from './budget.ts';
import { readChapters } from './chapters.ts';
import { type Claims, readClaims } from './claims.ts';
import type { Context } from './context.ts';
import type { KindResolver } from './contract.ts';
import { findContracts } from './contracts.ts';
import { type Draft, readStages } from './drafts.ts';
import { readStudyExecutor } from './executor.ts';
import { StudyFiles } from './files.ts';
import { checkFormulas } from './formulas.ts';
import { type Choices, type Header, readHeader } from './header.ts';
import { type Edge, InputReader } from './inputs.ts';
import type { KindCheck } from './kindCheck.ts';
import { MOST_CELLS, readMatrix } from './matrix.ts';
import { type Span, startOf } from './places.ts';
import type { Plan, PlannedStage } from './plan.ts';
import { planStage } from './planStages.ts';
import { Problems, type StudyProblem } from './problems.ts';
import { type RunOutputs, readRunOutputs } from './program.ts';
import { readSources, type Sources } from './sources.ts';
import { topologicalOrder } from './topology.ts';

export interface StudyRequest extends Choices {
  /** The study's folder. */
  readonly root: string;
  /** Its main file, relative to the folder. Default `pipeline.yaml`. */
  readonly file?: string | undefined;
  readonly kinds: KindResolver;
}

/**
 * Reads a study: its YAML files, parameters, matrices, inputs and claims, checked against the kinds it uses. Gives
 * the plan, or everything that is wrong with it. Throws only where the folder does not exist.
 */
export async function readStudy(request: StudyRequest): Promise<{ plan: Plan } | { problems: StudyProblem[] }> {
  const problems = new Problems();
  const files = new StudyFiles(request.root);
  const file = request.file ?? 'pipeline.yaml';
  const sources = readSources(files, file, problems);
  if (sources === undefined) return { problems: problems.list() };
  const reading = new Reading(sources, files, request, problems);
  const plan = await reading.plan();
  return plan && problems.size === 0 ? { plan } : { problems: problems.list() };
}

/** The passes over a study that could be loaded. Each goes as far as what it needs is known. */
class Reading {
  readonly #sources: Sources;
  readonly #request: StudyRequest;
  readonly #problems: Problems;
  readonly #header: Header;
  readonly #chapters: Plan['chapters'];
  readonly #context: Context;
  /** What is being read, to blame when the plan grows too large. */
  #at: Span;

  constructor(sources: Sources, files: StudyFiles, request: StudyRequest, problems: Problems) {
    const budget = new Budget();
    this.#sources = sources;
    this.#request = request;
    this.#problems = problems;
    this.#at = startOf(sources.main.source);
    this.#header = readHeader(sources.main, request, problems, budget);
    this.#chapters = readChapters(sources, this.#header.study, problems);
    this.#context = {
      problems,
      budget,
      files,
      params: this.#header.params,
      mainFile: sources.main.source.file,
      incomplete: sources.incomplete,
      declared: new Set(this.#chapters.flatMap(({ stages }) => stages)),
    };
  }

  async plan(): Promise<Plan | undefined> {
    const all = [this.#sources.main, ...this.#sources.included];
    const stages = readStages(all, this.#problems);
    const claims = readClaims(all, this.#problems);
    const drafts = new Map([...stages, ...claims.drafts].map((draft) => [draft.name, draft]));
    await checkFormulas(all, this.#problems);
    const checks = await findContracts([...drafts.values()], this.#request.kinds, this.#problems);
    try {
      return this.#assemble(drafts, checks, claims);
    } catch (error) {
      if (!(error instanceof PlanTooLarge)) throw error;
      this.#problems.add({
        code: 'too-large',
        at: this.#at,
        message: error.message,
        expected: 'smaller matrices or parameters',
      });
      return undefined;
    }
  }

  #assemble(drafts: ReadonlyMap<string, Draft>, checks: ReadonlyMap<string, KindCheck>, claims: Claims): Plan {
    this.#at = this.#header.paramsAt ?? this.#at;
    const params = this.#context.params.all();
    const noMatrix = 'this is the same for all stages and cannot depend on a matrix';
    const { executor: written } = this.#header;
    const executor = written && readStudyExecutor(written, { ...this.#context.params.scope, noMatrix });
    const runOutputs = this.#shapes(drafts);
    const inputs = new InputReader(drafts, this.#context);
    const graph = new Map<string, Map<string, Edge>>();
    const planned = new Map<string, PlannedStage>();
    for (const [name, draft] of drafts) {
      this.#at = draft.key;
      const edges = new Map<string, Edge>();
      graph.set(name, edges);
      const parts = {
        check: draft.uses === undefined ? undefined : checks.get(draft.uses),
        runOutputs: runOutputs.get(draft),
        inputs,
        edges,
      };
      const stage = planStage(draft, parts, this.#context);
      if (stage) planned.set(name, stage);
    }
    const order = topologicalOrder(graph, this.#problems);
    return {
      study: this.#header.study,
      ...(this.#header.description !== undefined && { description: this.#header.description }),
      seed: this.#header.seed,
      ...(this.#header.cache !== undefined && { cache: this.#header.cache }),
      profile: this.#request.profile ?? null,
      params,
      ...(executor !== undefined && { executor }),
      stages: order.flatMap((name) => planned.get(name) ?? []),
      claims: claims.claims,
      chapters: this.#chapters,
      sources: this.#sources.digests,
    };
  }

  /** Matrices and outputs of all stages, which inputs of others refer to. */
  #shapes(drafts: ReadonlyMap<string, Draft>): ReadonlyMap<Draft, RunOutputs> {
    const runOutputs = new Map<Draft, RunOutputs>();
    let left = MOST_CELLS;
    for (const draft of drafts.values()) {
      this.#at = draft.key;
      const matrix = readMatrix(
        draft.fields.get('matrix'),
        { ...this.#context.params.scope, noMatrix: 'a matrix cannot refer to itself' },
        left,
      );
      if (matrix) {
        draft.matrix = matrix;
        left -= matrix.points.length;
      }
      if (draft.sort !== 'run') continue;
      const outputs = readRunOutputs(draft, this.#context);
      if (outputs === undefined) continue;
      draft.outputs = outputs.ports;
      runOutputs.set(draft, outputs);
    }
    return runOutputs;
  }
}
