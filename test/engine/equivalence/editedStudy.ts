import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Forecast, forecast } from '../../../src/engine/forecast.ts';
import type { ActionNode } from '../../../src/engine/graph.ts';
import { liveGrowth } from '../../../src/engine/liveGrowth.ts';
import { recompute, sample } from '../../../src/engine/recompute.ts';
import { forecastWith } from '../../../src/engine/remoteForecast.ts';
import { type Digest, sha256 } from '../../../src/store/canonical.ts';
import { findGarbage } from '../../../src/store/garbage.ts';
import { Folder } from '../../../src/store/remote/folder.ts';
import { RemoteCache } from '../../../src/store/remote/remoteCache.ts';
import { sweep } from '../../../src/store/sweep.ts';
import type { Plan } from '../../../src/study/plan.ts';
import { formatProblem } from '../../../src/study/problems.ts';
import { readStudy } from '../../../src/study/read.ts';
import { freshKey, trusting } from '../../store/remote/keys.ts';
import { accept } from '../accepting.ts';
import { FakeExecutor, FakeStudy, type Ran, type Work } from '../fakes.ts';
import { ago, type Edit, edited, type Way } from './edits.ts';
import { kindsOf, performModel, resolverOf } from './kinds.ts';
import { Broken, checkLaws, type Told } from './laws.ts';
import { optionsOf, type StudyModel, toYaml } from './model.ts';
import { fromScratch, resultsOf } from './scratch.ts';

/** How a study is run where nothing is said of it. */
export const PLAINLY: Way = { jobs: 2, short: false, order: 0, only: undefined, fails: undefined, shared: false };

const KEY = freshKey();

/** A study that is edited and run again and again, in a folder of its own beside that of a shared cache. */
export class EditedStudy {
  readonly #study: FakeStudy;
  readonly #shared: string;
  readonly #history: StudyModel[] = [];
  /** Computations that were done in former runs, whose results nothing took away since. */
  readonly #done = new Set<Digest>();
  #model: StudyModel;

  constructor(model: StudyModel, shared?: string) {
    const root = mkdtempSync(join(tmpdir(), 'driftline-edits-'));
    this.#study = new FakeStudy(root);
    this.#shared = shared ?? join(root, 'shared');
    mkdirSync(this.#shared, { recursive: true });
    this.#model = model;
    this.#write(model);
  }

  remove(): void {
    rmSync(this.#study.root, { recursive: true, force: true });
  }

  async apply(what: Edit): Promise<void> {
    const next = edited(this.#model, this.#history, what);
    this.#history.push(this.#model);
    this.#model = next;
    this.#write(next);
    await this.#harm(what);
  }

  /** Runs, and asserts that it ran what it said, no more than it had to, and gave what a run in an empty store gives. */
  async check(way: Way = PLAINLY): Promise<void> {
    const plan = await this.#plan();
    const { only } = way;
    const targets = only === undefined ? undefined : this.#targetsOf(plan, only);
    const context = this.#study.context(plan, kindsOf(this.#model));
    const nodes = context.graph.select(targets && ((node) => targets.has(node.target)));
    const expected = fromScratch(nodes, context);
    const cache = way.shared ? this.#cache() : undefined;
    const forecasts = cache === undefined ? forecast(nodes, context) : await forecastWith(cache, nodes, context);
    const told: Told = { forecasts, expected, done: this.#done, way, yaml: this.#yaml() };
    const { ran, identities } = await this.#run(plan, way, { ...(targets && { targets: [...targets] }) }, cache);
    checkLaws(ran, identities, told);
    for (const identity of identities.values()) this.#done.add(identity);
    if (ran.counts.failed > 0) return;
    const left = forecast(nodes, this.#study.context(plan, kindsOf(this.#model))).filter(
      ({ state }) => state !== 'cached' && state !== 'not-needed',
    );
    const missing = left.map(({ node, state }) => `${node.target} ${state}`);
    if (missing.length > 0) throw new Broken('not cached after a run', missing, this.#yaml());
  }

  /** The same through the whole engine, in an empty store. */
  async checkClean(): Promise<void> {
    const other = new EditedStudy(this.#model);
    try {
      await other.check();
    } finally {
      other.remove();
    }
  }

  #yaml(): string {
    return Object.values(toYaml(this.#model)).join('');
  }

  #write(model: StudyModel): void {
    const contents = Object.entries(this.#model.files).map(([name, n]) => [name, `${n}\n`]);
    for (const [path, text] of [...contents, ...Object.entries(toYaml(model))]) this.#study.file(path, text);
  }

  async #plan(model = this.#model): Promise<Plan> {
    const kinds = resolverOf(kindsOf(model));
    const read = await readStudy({ root: this.#study.root, kinds, ...optionsOf(model) });
    if ('problems' in read) throw new Error(`${read.problems.map(formatProblem).join('\n')}\n${this.#yaml()}`);
    return JSON.parse(JSON.stringify(read.plan)) as Plan; // as it is recalled
  }

  #targetsOf(plan: Plan, only: number): Set<string> {
    const name = this.#model.stages[only % this.#model.stages.length].name;
    const { graph } = this.#study.context(plan, kindsOf(this.#model));
    return new Set([...graph.nodes.values()].flatMap(({ stage, target }) => (stage.name === name ? [target] : [])));
  }

  #cache(): RemoteCache {
    return new RemoteCache({
      transport: new Folder(this.#shared),
      namespace: 'main',
      trust: trusting(KEY),
      signer: KEY,
      cas: this.#study.cas,
      tell: (trouble) => {
        throw new Error(`the shared cache: ${JSON.stringify(trouble)}`);
      },
    });
  }

  /** Runs a plan, and tells which computation each target that was finished is. */
  async #run(
    plan: Plan,
    { jobs, short, order, fails }: Way,
    options: Partial<Parameters<FakeStudy['run']>[1]> = {},
    shared?: RemoteCache,
    model = this.#model,
  ): Promise<{ readonly ran: Ran; readonly identities: ReadonlyMap<string, Digest> }> {
    const { cas } = this.#study;
    const begun = new Map<string, Digest>();
    const identities = new Map<string, Digest>();
    const failing = typeof fails === 'object' ? model.stages[fails.stage % model.stages.length].name : undefined;
    const retried = new Set(plan.stages.flatMap(({ name, retry }) => (retry.times > 0 ? [name] : [])));
    const work: Work = async (task) => {
      const { identity, texts } = performModel(task, (digest) => cas.get(digest).toString());
      const name = stageOf(task.target);
      for (let at = Number.parseInt(identity.slice(2, 4), 16) % (order + 1); at > 0; at--) await turn();
      if (name === failing && Number.parseInt(identity[1], 16) < 8) throw new Error('it fails');
      if (fails === 'once' && retried.has(name) && !begun.has(task.target)) {
        begun.set(task.target, identity);
        throw new Error('it fails once');
      }
      begun.set(task.target, identity);
      return texts;
    };
    const ran = await this.#study.run(plan, {
      kindsUsed: kindsOf(model),
      work,
      jobs,
      seconds: short ? 0.001 : 1,
      keepGoing: typeof fails === 'object' && fails.keepGoing,
      ...(shared && { shared }),
      ...options,
    });
    await shared?.flush();
    for (const event of ran.events) {
      if (event.type === 'action-finished') identities.set(event.target, begun.get(event.target)!);
    }
    return { ran, identities };
  }

  /** What an edit does to the store. */
  async #harm(what: Edit): Promise<void> {
    const { storeRoot, cas } = this.#study;
    switch (what.edit) {
      case 'delete blobs': {
        this.#done.clear();
        const digests = [...cas.list()].filter((digest) => Number.parseInt(digest.slice(0, 4), 16) % 5 === what.which);
        for (const digest of digests) rmSync(cas.path(digest));
        break;
      }
      case 'cut records': {
        this.#done.clear();
        const segments = filesIn(join(storeRoot, 'actions')).filter((path) => path.endsWith('.log'));
        for (const path of segments.slice(-1)) cut(path, what.bytes);
        break;
      }
      case 'cut checkpoints':
        for (const path of filesIn(join(storeRoot, 'checkpoints'))) cut(path, what.bytes);
        break;
      case 'lose shared blobs':
        for (const path of filesIn(join(this.#shared, 'cas'))) {
          if (Number.parseInt(sha256(path.slice(-64)).slice(0, 4), 16) % 3 === 0) rmSync(path);
        }
        break;
      case 'delete store':
        this.#done.clear();
        rmSync(storeRoot, { recursive: true, force: true });
        break;
      case 'stop':
        await this.#stop(what.after, what.jobs);
        break;
      case 'run beside':
        await this.#beside(ago(this.#history, what.steps)!);
        break;
      case 'run elsewhere': {
        const other = new EditedStudy(ago(this.#history, what.steps)!, this.#shared);
        try {
          await other.check({ ...PLAINLY, shared: true });
        } finally {
          other.remove();
        }
        break;
      }
      case 'verify':
        await this.#verify();
        break;
      case 'accept':
        await this.#accept();
        break;
      case 'collect garbage':
        await this.#collect();
        break;
    }
  }

  async #stop(after: number, jobs: number): Promise<void> {
    const stop = new AbortController();
    let finished = 0;
    // What was stopped on its way left no record: only what is told as finished is done.
    const { identities } = await this.#run(
      await this.#plan(),
      { ...PLAINLY, jobs, order: 2 },
      {
        signal: stop.signal,
        onEvent: ({ type }) => {
          if (type === 'action-finished' && ++finished >= after) stop.abort();
        },
      },
    );
    for (const identity of identities.values()) this.#done.add(identity);
  }

  /** Another study over the same store and files, run at the same time. */
  async #beside(before: StudyModel): Promise<void> {
    const other: StudyModel = { ...before, files: this.#model.files };
    this.#write(other);
    const otherPlan = await this.#plan(other);
    this.#write(this.#model);
    const plan = await this.#plan();
    const both = await Promise.all([
      this.#run(plan, { ...PLAINLY, order: 3 }),
      this.#run(otherPlan, { ...PLAINLY, order: 3 }, {}, undefined, other),
    ]);
    const broken = (law: string, found: unknown): never => {
      throw new Broken(law, found, `${this.#yaml()}\nbeside\n${Object.values(toYaml(other)).join('')}`);
    };
    const [mine, others] = both.map(({ identities }) => new Set(identities.values()));
    const twice = [...mine].filter((identity) => others.has(identity));
    if (twice.length > 0) {
      broken(
        'computed by both of two runs at once',
        both.map(({ identities }) => [...identities.keys()]),
      );
    }
    const models = [this.#model, other];
    both.forEach(({ ran, identities }, at) => {
      const again = [...identities].filter(([, identity]) => this.#done.has(identity));
      if (again.length > 0) broken('computed again beside another run', again);
      const context = this.#study.context([plan, otherPlan][at], kindsOf(models[at]));
      const expected = fromScratch(context.graph.select(), context);
      if (JSON.stringify(resultsOf(ran.records)) !== JSON.stringify(expected))
        broken('other results beside a run', ran.counts);
    });
    for (const identity of [...mine, ...others]) this.#done.add(identity);
  }

  /** Computes all that is up to date again. */
  async #verify(): Promise<void> {
    const plan = await this.#plan();
    const context = this.#study.context(plan, kindsOf(this.#model));
    const forecasts = forecast(context.graph.select(), context);
    const { cas } = this.#study;
    const executor = new FakeExecutor(cas, (task) => performModel(task, (digest) => cas.get(digest).toString()).texts);
    const signal = new AbortController().signal;
    const { results } = await recompute(sample(forecasts, { fraction: 1 }), recordsOf(forecasts), {
      ...context,
      executor,
      jobs: 3,
      signal,
      isSound: () => true,
    });
    context.leases.close();
    const wrong = results.filter(({ state }) => state !== 'same');
    if (wrong.length > 0) throw new Broken('verify finds other bytes', wrong, this.#yaml());
  }

  /** Accepts what comes out the same in spite of its changed code, after trying all of it. */
  async #accept(): Promise<void> {
    const { cas } = this.#study;
    const work: Work = (task) => performModel(task, (digest) => cas.get(digest).toString()).texts;
    await accept(this.#study, await this.#plan(), kindsOf(this.#model), { work });
  }

  /** All that is not up to date now, without any grace. */
  async #collect(): Promise<void> {
    const plan = await this.#plan();
    const context = this.#study.context(plan, kindsOf(this.#model));
    const forecasts = forecast(context.graph.select(), context);
    const keys = new Set(forecasts.flatMap((item) => (item.state === 'cached' ? [item.key] : [])));
    const records = recordsOf(forecasts);
    const growth = liveGrowth(forecasts, { ...context, records, keys });
    const grace = { now: Date.now() + 1000, graceMs: 0 };
    const options = { ...grace, journals: [], derived: [], runs: [] };
    const { storeRoot } = this.#study;
    sweep(storeRoot, findGarbage(storeRoot, { keys, growth, digests: new Set() }, options), grace);
    this.#done.clear();
    const after = this.#study.context(plan, kindsOf(this.#model));
    const left = forecast(after.graph.select(), after).filter(isLost(records));
    const lost = left.map(({ node }) => node.target);
    if (lost.length > 0) throw new Broken('removed, though it was up to date', lost, this.#yaml());
  }
}

const isLost =
  (records: ReadonlyMap<string, unknown>) =>
  ({ node, state }: Forecast): boolean =>
    state !== 'cached' && records.has(node.target);

const recordsOf = (forecasts: readonly Forecast[]) =>
  new Map(forecasts.flatMap((item) => (item.state === 'cached' ? [[item.node.target, item.record]] : [])));

/** The stage of a target such as `s1[c=2]#0`, `s1.out` and `claim:last`. */
const stageOf = (target: ActionNode['target']): string => target.split(/[[.#]/, 1)[0];

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function filesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return files.map((entry) => join(entry.parentPath, entry.name)).sort();
  } catch {
    return [];
  }
}

function cut(path: string, bytes: number): void {
  truncateSync(path, Math.max(0, readFileSync(path).length - bytes));
}
