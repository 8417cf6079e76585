import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DescribedKind } from '../../src/engine/describe.ts';
import type { RunEvent } from '../../src/engine/events.ts';
import { type Forecast, forecast } from '../../src/engine/forecast.ts';
import { ActionGraph, DECIDE, GATHER } from '../../src/engine/graph.ts';
import type { LoadedKind } from '../../src/engine/kinds.ts';
import type { ScheduleResult } from '../../src/engine/ledger.ts';
import { type ScheduleOptions, schedule } from '../../src/engine/scheduler.ts';
import type { ExecuteAllOptions, ExecuteOptions, Executor, Task, TaskResult } from '../../src/engine/task.ts';
import { ActionLog } from '../../src/store/actions.ts';
import { canonical, sha256 } from '../../src/store/canonical.ts';
import { Cas } from '../../src/store/cas.ts';
import { Leases } from '../../src/store/leases.ts';
import { StatCache } from '../../src/store/statCache.ts';
import type { InputBinding, Json, Plan, PlannedCell, PlannedStage, Scalar } from '../../src/study/plan.ts';

/** A stage of a plan with one table `out`, or what `more` says. */
export function stage(name: string, cells: readonly PlannedCell[], more: Partial<PlannedStage> = {}): PlannedStage {
  return {
    name,
    uses: 'fake',
    axes: Object.keys(cells[0]?.axes ?? {}),
    cells,
    replicates: null,
    outputs: { out: { type: 'table' } },
    resources: { cpus: 1 },
    retry: { times: 0, delay: 0 },
    place: { file: 'pipeline.yaml', line: 1, column: 1 },
    ...more,
  };
}

/** A cell of axes, with parameters and inputs. Texts such as `a.out` are inputs from stages, `./x` from files. */
export function cell(
  axes: Readonly<Record<string, Scalar>> = {},
  params: Json = {},
  inputs: Readonly<Record<string, string | InputBinding>> = {},
  more: Partial<PlannedCell> = {},
): PlannedCell {
  const bind = (input: string | InputBinding): InputBinding => {
    if (typeof input !== 'string') return input;
    if (input.startsWith('./')) return { from: 'file', path: input.slice(2) };
    const [from, output] = input.split('.');
    return { from: 'stage', stage: from, output };
  };
  return {
    id: Object.entries(axes)
      .map(([axis, value]) => `${axis}=${value}`)
      .join(','),
    axes,
    params,
    files: {},
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, bind(input)])),
    ...more,
  };
}

export const planOf = (stages: readonly PlannedStage[], seed = 'seed'): Plan => ({
  study: 'Fake',
  seed,
  profile: null,
  params: {},
  stages,
  claims: [],
  chapters: [],
  sources: {},
});

export function kind(uses: string, more: Partial<DescribedKind> = {}, code = uses): LoadedKind {
  return {
    uses,
    digest: sha256(code),
    bundle: `/nowhere/${uses}.mjs`,
    contract: {
      summary: uses,
      params: {},
      inputs: {},
      otherInputs: { type: 'table' },
      outputs: { out: { type: 'table' } },
      seeded: false,
      checks: false,
      ...more,
    },
    sources: { [`stages/${uses}.ts`]: sha256(code) },
    packages: {},
    needs: { bundle: sha256(code), manifests: [] },
  };
}

const GATHERER = kind(GATHER, {
  outputs: { table: { type: 'table' }, csv: { type: 'file', extension: 'csv' } },
});

const DECIDER = kind(DECIDE, {
  outputs: { decision: { type: 'table' }, more: { type: 'file', extension: 'txt', optional: true } },
});

/** Does a fake task: gives the text of each output. Throwing fails it. */
export type Work = (task: Task, options: ExecuteOptions) => Promise<Record<string, string>> | Record<string, string>;

/** Outputs that differ whenever params, files, inputs or seed do. */
export const echo: Work = ({ outputs, params, files, inputs, seed }) =>
  Object.fromEntries(
    Object.keys(outputs).map((name) => [
      name,
      canonical({ name, params, files, inputs: JSON.parse(JSON.stringify(inputs)), seed }),
    ]),
  );

/** Does tasks in this thread and remembers in which order. */
export class FakeExecutor implements Executor {
  readonly executed: string[] = [];
  readonly #cas: Cas;
  readonly #work: Work;
  readonly #seconds: number;
  running = 0;
  mostRunning = 0;

  /** `seconds` is what each task says that it took. */
  constructor(cas: Cas, work: Work = echo, seconds = 1) {
    this.#cas = cas;
    this.#work = work;
    this.#seconds = seconds;
  }

  async execute(task: Task, options: ExecuteOptions): Promise<TaskResult> {
    this.executed.push(task.target);
    this.mostRunning = Math.max(this.mostRunning, ++this.running);
    try {
      await Promise.resolve();
      const given = await this.#work(task, options);
      options.signal.throwIfAborted();
      const cas = task.outputRoot === undefined ? this.#cas : new Cas(task.outputRoot);
      const outputs = Object.entries(given).map(([name, text]) => {
        const rows = task.outputs[name]?.type === 'table' ? { rows: 1 } : {};
        return [name, { digest: cas.put(Buffer.from(text)), bytes: text.length, ...rows }];
      });
      return { ok: true, outputs: Object.fromEntries(outputs), seconds: this.#seconds, log: '' };
    } catch (error) {
      options.signal.throwIfAborted();
      return { ok: false, failure: { kind: 'threw', message: (error as Error).message }, log: '' };
    } finally {
      this.running--;
    }
  }

  /** How many tasks came in each go of several. */
  readonly together: number[] = [];

  executeAll(tasks: readonly Task[], options: ExecuteAllOptions): Promise<TaskResult | undefined>[] {
    this.together.push(tasks.length);
    let before: Promise<TaskResult | undefined> = Promise.resolve({ ok: true, outputs: {}, seconds: 0, log: '' });
    return tasks.map((task, at) => {
      before = before.then((result) => {
        if (!result?.ok) return undefined;
        options.onBegin(at);
        return this.execute(task, { ...options, onProgress: (fraction) => options.onProgress(at, fraction) });
      });
      return before;
    });
  }

  async close(): Promise<void> {}
}

export interface Ran extends ScheduleResult {
  readonly executed: readonly string[];
  readonly events: readonly RunEvent[];
  readonly mostRunning: number;
  /** How many tasks came in each go of several. */
  readonly together: readonly number[];
}

/** A study's folder with a store in it. Every run opens the store anew, as a process of its own would. */
export class FakeStudy {
  readonly root: string;
  #runs = 0;

  constructor(root: string) {
    this.root = root;
  }

  get storeRoot(): string {
    return join(this.root, '.driftline');
  }

  get cas(): Cas {
    return new Cas(this.storeRoot);
  }

  file(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  context(plan: Plan, kinds: readonly LoadedKind[] = [kind('fake')]) {
    const loaded = new Map([GATHERER, DECIDER, ...kinds].map((each) => [each.uses, each]));
    const graph = new ActionGraph(plan, new Map([...loaded].map(([uses, { contract }]) => [uses, contract])));
    const run = `run-${String(this.#runs++).padStart(3, '0')}`;
    return {
      plan,
      graph,
      run,
      studyRoot: this.root,
      storeRoot: this.storeRoot,
      kinds: loaded,
      stats: new StatCache(this.storeRoot, this.root),
      cas: this.cas,
      log: new ActionLog(this.storeRoot, run),
      leases: new Leases(this.storeRoot),
    };
  }

  forecast(plan: Plan, kinds?: readonly LoadedKind[], targets?: readonly string[]): Forecast[] {
    const context = this.context(plan, kinds);
    return forecast(context.graph.select(wanted(targets)), context);
  }

  async run(
    plan: Plan,
    options: Partial<ScheduleOptions> & {
      kindsUsed?: readonly LoadedKind[];
      work?: Work;
      /** What each action says that it took. */
      seconds?: number;
      targets?: readonly string[];
      onEvent?(event: RunEvent): void;
    } = {},
  ): Promise<Ran> {
    const { kindsUsed, work, seconds, targets, onEvent, ...more } = options;
    const context = this.context(plan, kindsUsed);
    const executor = new FakeExecutor(context.cas, work, seconds);
    const events: RunEvent[] = [];
    try {
      const result = await schedule(context.graph.select(wanted(targets)), {
        ...context,
        executor,
        jobs: 1,
        keepGoing: false,
        signal: new AbortController().signal,
        emit(event) {
          events.push(event);
          onEvent?.(event);
        },
        ...more,
      });
      const { executed, mostRunning, together } = executor;
      return { ...result, executed, events, mostRunning, together };
    } finally {
      context.leases.close();
      context.log.close();
    }
  }
}

const wanted = (targets: readonly string[] | undefined) =>
  targets && ((node: { target: string }): boolean => targets.includes(node.target));
