import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Forecast, forecast } from '../../../src/engine/forecast.ts';
import { refusedBy } from '../../../src/engine/gates.ts';
import { liveGrowth } from '../../../src/engine/liveGrowth.ts';
import { isEmptyGather, NOTHING, resolveAction } from '../../../src/engine/resolve.ts';
import type { ActionRecord } from '../../../src/store/actions.ts';
import { type Digest, sha256 } from '../../../src/store/canonical.ts';
import { findGarbage } from '../../../src/store/garbage.ts';
import type { StatCache } from '../../../src/store/statCache.ts';
import { sweep } from '../../../src/store/sweep.ts';
import type { Plan } from '../../../src/study/plan.ts';
import { formatProblem } from '../../../src/study/problems.ts';
import { readStudy } from '../../../src/study/read.ts';
import { FakeStudy, type Work } from '../fakes.ts';
import { type Edit, edit, edited, study } from './edits.ts';
import { kindsOf, performModel, resolverOf } from './kinds.ts';
import { type StudyModel, toYaml } from './model.ts';

/** Outputs of every target by name, as digests. */
type Results = Readonly<Record<string, Readonly<Record<string, Digest>>>>;

/** A law that a run after an edit broke, with the study as a user would write it. */
class Broken extends Error {
  constructor(law: string, what: unknown, yaml: string) {
    super(`${law}\n${JSON.stringify(what, null, 2)}\nthe study then:\n${yaml}`);
  }
}

/** A study that is edited and run again and again. */
class EditedStudy {
  readonly #study = new FakeStudy(mkdtempSync(join(tmpdir(), 'driftline-edits-')));
  readonly #history: StudyModel[] = [];
  /** Computations that were done in former runs, whose results nothing took away since. */
  #done = new Set<Digest>();
  #model: StudyModel;

  constructor(model: StudyModel) {
    this.#model = model;
    this.#write();
  }

  remove(): void {
    rmSync(this.#study.root, { recursive: true, force: true });
  }

  async apply(what: Edit): Promise<void> {
    const next = edited(this.#model, this.#history, what);
    this.#history.push(this.#model);
    this.#model = next;
    this.#write();
    await this.#harm(what);
  }

  /** Runs, and asserts that it ran what it said, no more than it had to, and gave what a run in an empty store gives. */
  async check(): Promise<void> {
    const yaml = toYaml(this.#model);
    const plan = await this.#plan();
    const expected = this.#fromScratch(plan);
    const forecasts = this.#forecast(plan);
    const identities: Digest[] = [];
    const { executed, counts, records } = await this.#run(plan, identities);

    const named = (...states: Forecast['state'][]): string[] =>
      forecasts.filter(({ state }) => states.includes(state)).map(({ node }) => node.target);
    const ran = new Set(executed);
    const broken = (law: string, what: unknown): never => {
      throw new Broken(law, what, yaml);
    };
    const promised = named('run').filter((target) => !ran.has(target));
    if (promised.length > 0) broken('forecast to run, and not executed', promised);
    const possible = new Set(named('run', 'depends'));
    const unforeseen = executed.filter((target) => !possible.has(target));
    if (unforeseen.length > 0) broken('executed, and not forecast', unforeseen);
    if (ran.size < executed.length) broken('executed twice', executed);
    if (counts.failed + counts.skipped > 0) broken('failed or skipped', counts);
    const again = identities.filter((identity) => this.#done.has(identity));
    if (again.length > 0) broken('computed again, though its result was there', executed);
    for (const identity of identities) this.#done.add(identity);
    const results = digestsOf(records);
    const wrong = Object.keys({ ...expected, ...results }).filter(
      (target) => JSON.stringify(expected[target]) !== JSON.stringify(results[target]),
    );
    if (wrong.length > 0) broken('other results than from scratch', wrong);
    const left = this.#forecast(plan).filter(({ state }) => state !== 'cached' && state !== 'not-needed');
    if (left.length > 0)
      broken(
        'not cached after a run',
        left.map(({ node, state }) => `${node.target} ${state}`),
      );
  }

  /** The same through the whole engine, in an empty store. */
  async checkClean(): Promise<void> {
    const other = new EditedStudy(this.#model);
    try {
      const plan = await other.#plan();
      const { records } = await other.#run(plan, []);
      const [clean, scratch] = [digestsOf(records), this.#fromScratch(plan)];
      if (JSON.stringify(clean) !== JSON.stringify(scratch)) {
        throw new Broken(
          'the engine in an empty store gives other results than its actions by hand',
          { clean, scratch },
          toYaml(this.#model),
        );
      }
    } finally {
      other.remove();
    }
  }

  #write(): void {
    const { files } = this.#model;
    for (const [name, n] of Object.entries(files)) this.#study.file(name, `${n}\n`);
    this.#study.file('pipeline.yaml', toYaml(this.#model));
  }

  async #plan(): Promise<Plan> {
    const kinds = resolverOf(kindsOf(this.#model));
    const read = await readStudy({ root: this.#study.root, kinds, set: {} });
    if ('problems' in read) throw new Error(`${read.problems.map(formatProblem).join('\n')}\n${toYaml(this.#model)}`);
    return JSON.parse(JSON.stringify(read.plan)) as Plan; // as it is recalled
  }

  #run(plan: Plan, identities: Digest[], options: Partial<Parameters<FakeStudy['run']>[1]> = {}) {
    const { cas } = this.#study;
    const work: Work = (task) => {
      const { identity, texts } = performModel(task, (digest) => cas.get(digest).toString());
      identities.push(identity);
      return texts;
    };
    return this.#study.run(plan, { kindsUsed: kindsOf(this.#model), work, jobs: 2, ...options });
  }

  #forecast(plan: Plan): Forecast[] {
    const context = this.#study.context(plan, kindsOf(this.#model));
    return forecast(context.graph.select(), context);
  }

  /** Every action in order, from nothing: no store, no key, no scheduler. */
  #fromScratch(plan: Plan): Results {
    const context = this.#study.context(plan, kindsOf(this.#model));
    const stats = { digest: (path: string) => this.#file(readFileSync(path)) } as unknown as StatCache;
    const records = new Map<string, ActionRecord>();
    this.#blobs.clear();
    const notNeeded = new Map<string, string>();
    for (const node of context.graph.select()) {
      const by = refusedBy(node, records, notNeeded);
      if (by !== undefined) {
        notNeeded.set(node.target, by);
        continue;
      }
      const action = resolveAction(node, { ...context, stats, record: (target) => records.get(target) });
      if (isEmptyGather(action)) {
        records.set(node.target, NOTHING);
        continue;
      }
      const { texts } = performModel(action.task, (digest) => this.#blobs.get(digest)!.toString());
      const outputs = Object.entries(texts).map(([name, text]) => {
        const rows = action.task.outputs[name]?.type === 'table' ? { rows: 1 } : {};
        return [name, { digest: this.#file(Buffer.from(text)), bytes: text.length, ...rows }];
      });
      records.set(node.target, { ...NOTHING, outputs: Object.fromEntries(outputs) });
    }
    return digestsOf(records);
  }

  readonly #blobs = new Map<Digest, Buffer>();

  #file(bytes: Buffer): Digest {
    const digest = sha256(bytes);
    this.#blobs.set(digest, bytes);
    return digest;
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
        const folder = join(storeRoot, 'actions');
        const segments = listed(folder).filter((name) => name.endsWith('.log'));
        for (const name of segments.slice(-1)) {
          const path = join(folder, name);
          truncateSync(path, Math.max(0, readFileSync(path).length - what.bytes));
        }
        break;
      }
      case 'delete store':
        this.#done.clear();
        rmSync(storeRoot, { recursive: true, force: true });
        mkdirSync(storeRoot);
        break;
      case 'stop':
        await this.#stop(what.after);
        break;
      case 'collect garbage':
        await this.#collect();
        break;
    }
  }

  async #stop(after: number): Promise<void> {
    const stop = new AbortController();
    const identities: Digest[] = [];
    let finished = 0;
    // What was stopped on its way left no record: only what is told as finished is done.
    await this.#run(await this.#plan(), identities, {
      jobs: 1,
      signal: stop.signal,
      onEvent: ({ type }) => {
        if (type === 'action-finished' && ++finished >= after) stop.abort();
      },
    });
    for (const identity of identities.slice(0, finished)) this.#done.add(identity);
  }

  /** All that is not up to date now, without any grace. */
  async #collect(): Promise<void> {
    const plan = await this.#plan();
    const context = this.#study.context(plan, kindsOf(this.#model));
    const forecasts = forecast(context.graph.select(), context);
    const keys = new Set(forecasts.flatMap((item) => (item.state === 'cached' ? [item.key] : [])));
    const records = new Map(
      forecasts.flatMap((item) => (item.state === 'cached' ? [[item.node.target, item.record]] : [])),
    );
    const growth = liveGrowth(forecasts, { ...context, records, keys });
    const grace = { now: Date.now() + 1000, graceMs: 0 };
    const options = { ...grace, journals: [], derived: [], runs: [] };
    sweep(
      this.#study.storeRoot,
      findGarbage(this.#study.storeRoot, { keys, growth, digests: new Set() }, options),
      grace,
    );
    this.#done.clear();
    const left = this.#forecast(plan).filter(({ node, state }) => state !== 'cached' && records.has(node.target));
    if (left.length > 0) {
      throw new Broken(
        'removed, though it was up to date',
        left.map(({ node }) => node.target),
        toYaml(this.#model),
      );
    }
  }
}

const listed = (folder: string): string[] => {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
};

const digestsOf = (records: ReadonlyMap<string, ActionRecord>): Results =>
  Object.fromEntries(
    [...records]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([target, { outputs }]) => [
        target,
        Object.fromEntries(Object.entries(outputs).map(([name, { digest }]) => [name, digest])),
      ]),
  );

/** Edits random studies at random, and holds every run to the laws. Returns the number of runs that were checked. */
export async function checkEdits(sequences: number, edits: number, seed: number): Promise<number> {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(study, fc.array(edit, { minLength: 1, maxLength: edits, size: 'max' }), async (model, changes) => {
      const one = new EditedStudy(model);
      try {
        await one.check();
        for (const change of changes) {
          await one.apply(change);
          await one.check();
          runs++;
        }
        await one.checkClean();
      } finally {
        one.remove();
      }
    }),
    { numRuns: sequences, seed },
  );
  return runs;
}
