import { cellTarget } from '../engine/graph.ts';
import type { PlannedStage } from '../study/plan.ts';
import { dagOf } from './dag.ts';
import { liveDag } from './dagPage.ts';
import type { Follower } from './follower.ts';
import type { LiveStudy } from './liveStudy.ts';
import type { ActionNow, CellFacts, ClaimNow, Matrix, Snapshot } from './protocol.ts';
import { Results, svgOutput } from './results.ts';

/** What the page asks about a study, answered from what is so now. */
export class Answers {
  readonly #follower: Follower;
  #of: { readonly study: LiveStudy; readonly results: Results; readonly dag: string } | undefined;

  constructor(follower: Follower) {
    this.#follower = follower;
  }

  /** Made once for a study: a layout takes time. */
  get #made() {
    const { study } = this.#follower;
    if (this.#of?.study !== study) {
      const { nodes, edges } = dagOf(study.open.plan);
      const stages = { nodes: nodes.filter(({ isClaim }) => !isClaim), edges: edges.filter(({ to }) => !isClaim(to)) };
      this.#of = { study, results: new Results(study), dag: liveDag(stages) };
    }
    return this.#of;
  }

  get dag(): string {
    return this.#made.dag;
  }

  get results(): Results {
    return this.#made.results;
  }

  stage(name: string): PlannedStage | undefined {
    return this.#follower.study.open.plan.stages.find((stage) => stage.name === name);
  }

  snapshot(): Snapshot {
    const { study, problem } = this.#follower;
    const { plan, set } = study.open;
    const stages = plan.stages.filter(({ name }) => !isClaim(name));
    const titled = plan.chapters.map(({ title, stages }) => ({
      title,
      stages: stages.filter((name) => !isClaim(name)),
    }));
    const inChapters = new Set(titled.flatMap((chapter) => chapter.stages));
    const others = stages.map(({ name }) => name).filter((name) => !inChapters.has(name));
    return {
      study: plan.study,
      profile: plan.profile,
      set,
      at: this.#follower.at,
      chapters: [...titled, { title: titled.length > 0 ? 'Other stages' : 'Stages', stages: others }].filter(
        (chapter) => chapter.stages.length > 0,
      ),
      facts: stages.map((stage) => ({
        name: stage.name,
        uses: stage.uses,
        cells: stage.cells.length,
        replicates: stage.replicates,
        figure: svgOutput(stage) !== undefined,
      })),
      stages: stages.map(({ name }) => study.stageNow(name)),
      claims: this.#claims(),
      run: this.#follower.run(),
      problem,
    };
  }

  #claims(): ClaimNow[] {
    const { results } = this.#made;
    return this.#follower.study.open.plan.claims.map(({ id, says, source = null }) => {
      const stored = results.recordOf(`claim:${id}`)?.outputs.verdict;
      const bytes = stored && results.blobOf(stored.digest);
      const verdict = bytes === undefined ? 'missing' : (JSON.parse(bytes.toString('utf8')) as ClaimNow).verdict;
      return { id, says, source, verdict };
    });
  }

  matrix(stage: PlannedStage): Matrix {
    const { cells: _, ...now } = this.#follower.study.cellsOf(stage.name);
    const axes = stage.axes.map((name) => ({ name, values: stage.cells.map((cell) => cell.axes[name]) }));
    return { ...now, axes, metrics: this.#made.results.metricsOf(stage) };
  }

  cell(stage: PlannedStage, place: number): CellFacts | undefined {
    const cell = stage.cells[place];
    if (cell === undefined) return undefined;
    const { study } = this.#follower;
    const { results } = this.#made;
    const nodes = study.actionsOf(stage.name, place);
    const target = cellTarget(stage, cell);
    const whole = nodes.find((node) => node.target === target);
    const actions = nodes.map((node): ActionNow => {
      const words = study.words.get(node.target);
      const state = study.stateOf(node.target)!;
      const isThere = state === 'done' || state === 'cached';
      const outputs = Object.entries(results.recordOf(node.target)?.outputs ?? {});
      return {
        target: node.target,
        role: node.role,
        state,
        fraction: study.fractionOf(node.target),
        seconds: isThere ? study.secondsOf(node.target) : null,
        outputs: outputs.map(([name, { bytes, rows = null }]) => ({ name, bytes, rows })),
        failure: words?.failure ?? null,
        log: words?.log ?? null,
      };
    });
    return {
      stage: stage.name,
      cell: place,
      target,
      state: study.cellsOf(stage.name).states[place],
      axes: cell.axes,
      params: leaves(cell.params),
      inputs: Object.entries(cell.inputs).map(([name, input]) => [
        name,
        input.from === 'file' ? input.path : `${input.stage}.${input.output}`,
      ]),
      numbers: whole === undefined ? [] : results.numbersOf(whole),
      actions,
      command: commandOf(target, study),
    };
  }
}

const isClaim = (name: string): boolean => name.startsWith('claim:');

/** Parameters one by one, by their paths. */
function leaves(value: unknown, path = ''): [string, string][] {
  if (typeof value !== 'object' || value === null)
    return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return [[path, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([name, item]) => leaves(item, path === '' ? name : `${path}.${name}`));
}

/** As one would type it. */
function commandOf(target: string, { open: { plan, set } }: LiveStudy): string {
  const words = ['driftline', 'run', target];
  if (plan.profile !== null) words.push('--profile', plan.profile);
  for (const [key, value] of Object.entries(set)) words.push('--set', `${key}=${value}`);
  return words.map((word) => (/^[\w./:=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}
