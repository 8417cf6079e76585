import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { sha256 } from '../../src/store/canonical.ts';
import { type Ended, ending, events, TemporaryStudy } from '../cli/study.ts';
import { below } from './failpoints.ts';
import { argsOf, FIRST, filesOf, type WholeModel } from './wholeStudy.ts';

/** What is done to a study or its store between two runs of the real program. */
type Edit =
  | { readonly edit: 'change'; readonly change: Partial<WholeModel> }
  | { readonly edit: 'revert'; readonly steps: number }
  | { readonly edit: 'harm'; readonly of: string; readonly how: 'delete' | 'flip' | 'cut'; readonly which: number }
  | { readonly edit: 'command'; readonly args: readonly string[] }
  | { readonly edit: 'kill'; readonly after: number }
  | { readonly edit: 'beside' };

const small = fc.nat(3);
const fields: { readonly [name in keyof WholeModel]: fc.Arbitrary<WholeModel[name]> } = {
  p: small,
  by: fc.constantFrom('params' as const, 'profile' as const, 'set' as const),
  axis: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
  labels: fc.boolean(),
  replicates: fc.integer({ min: 1, max: 4 }),
  until: fc.constantFrom(undefined, 0.1, 0.5, 2, 10),
  steps: fc.constantFrom(10, 20, 50, 51),
  keep: fc.nat(1),
  draw: small,
  shared: small,
  comment: small,
  version: small,
  tool: small,
  lib: small,
  shell: fc.boolean(),
  data: small,
  spec: small,
  name: fc.constantFrom('walks', 'strolls'),
  twin: fc.boolean(),
  joined: fc.boolean(),
  reversed: fc.boolean(),
};

const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.oneof(
      ...Object.entries(fields).map(([name, value]) =>
        (value as fc.Arbitrary<unknown>).map((to): Edit => ({ edit: 'change', change: { [name]: to } })),
      ),
    ),
  },
  { weight: 2, arbitrary: fc.record({ edit: fc.constant('revert' as const), steps: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      edit: fc.constant('harm' as const),
      of: fc.constantFrom(
        '.driftline/cas',
        '.driftline/actions',
        '.driftline/checkpoints',
        '.driftline/kinds',
        '.driftline/plans',
        '.driftline/standing',
        '.driftline/stat.json',
        'out',
      ),
      how: fc.constantFrom('delete' as const, 'flip' as const, 'cut' as const),
      which: fc.nat(30),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Edit>(
      { edit: 'command', args: ['gc', '--yes', '--grace', '0', '--keep-runs', '1'] },
      { edit: 'command', args: ['accept', '--all', '--because', 'no result changes'] },
      { edit: 'command', args: ['verify', '--repair', '--all'] },
      { edit: 'command', args: ['run', 'tool', '--jobs', '1'] },
      { edit: 'command', args: ['run', 'draws'] },
      { edit: 'command', args: ['run', '--profile', 'other'] },
      { edit: 'beside' },
    ),
  },
  { weight: 1, arbitrary: fc.record({ edit: fc.constant('kill' as const), after: fc.integer({ min: 50, max: 900 }) }) },
);

/** Real programs that came before, so that a study is not run from nothing twice. */
const known = new Map<string, Readonly<Record<string, string>>>();

class WholeStudy {
  readonly #study: TemporaryStudy;
  readonly #history: WholeModel[] = [];
  #model = FIRST;
  /** Whether the store was harmed so that only reading shows it: then no forecast can know what has to be run. */
  #unseen = false;

  constructor() {
    this.#study = new TemporaryStudy(mkdtempSync(join(tmpdir(), 'driftline-whole-')));
    this.#write({});
  }

  remove(): void {
    rmSync(this.#study.root, { recursive: true, force: true });
  }

  async apply(what: Edit): Promise<void> {
    const before = filesOf(this.#model);
    const model = this.#model;
    if (what.edit === 'change') this.#model = { ...model, ...what.change };
    else if (what.edit === 'revert') this.#model = this.#history.at(-what.steps) ?? FIRST;
    this.#history.push(model);
    this.#write(before);
    if (what.edit === 'harm') this.#harm(what);
    else if (what.edit === 'command') await this.#command(what.args);
    else if (what.edit === 'kill') await this.#kill(what.after);
    else if (what.edit === 'beside') await this.#beside();
  }

  /** What a run does is what is forecast; its results are those of a run from nothing; and after it nothing is to do. */
  async check(jobs: number): Promise<void> {
    const args = argsOf(this.#model);
    const said = await this.#json('run', '--dry-run', ...args);
    const forecast = said.actions as readonly { target: string; state: string }[];
    const ran = await this.#driftline('run', '--json', '--jobs', String(jobs), ...args);
    if (ran.code !== 0) this.#broken(`the run ended with ${ran.code}`, ran);
    const executed = events(ran.out).flatMap(({ type, target }) => (type === 'action-finished' ? [target] : []));
    const named = (...states: string[]) =>
      forecast.filter(({ state }) => states.includes(state)).map(({ target }) => target);
    if (!this.#unseen) {
      const possible = new Set(named('run', 'depends'));
      const unforeseen = executed.filter((target) => !possible.has(target));
      if (unforeseen.length > 0) this.#broken('executed, and not forecast', unforeseen);
      if (new Set(executed).size < executed.length) this.#broken('executed twice', executed);
      const promised = named('run').filter((target) => !executed.includes(target));
      if (promised.length > 0) this.#broken('forecast, and not executed', promised);
    }
    this.#unseen = false;
    const expected = await this.#fromScratch(args);
    const found = this.#results(this.#study.root);
    const wrong = Object.keys({ ...expected, ...found }).filter((path) => expected[path] !== found[path]);
    if (wrong.length > 0) this.#broken('other results than from nothing', wrong);
    const again = await this.#driftline('run', ...args);
    if (!again.out.includes('Nothing had to run')) this.#broken('something is to do after a run', again);
  }

  /** Nothing of the store is damaged, and everything comes out the same again. */
  async verify(): Promise<void> {
    const ended = await this.#driftline('verify', '--all', '--repair', ...argsOf(this.#model));
    if (ended.code !== 0) this.#broken('verify finds something', ended);
  }

  /** Writes what changed. A file keeps the length and the time that it had where the edit allows it. */
  #write(before: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(filesOf(this.#model))) {
      if (before[path] === text) continue;
      const at = join(this.#study.root, path);
      const old = before[path] === undefined ? undefined : statSync(at);
      this.#study.write({ [path]: text });
      if (old !== undefined) utimesSync(at, old.atime, old.mtime);
    }
  }

  #harm({ of, how, which }: Edit & { edit: 'harm' }): void {
    const at = join(this.#study.root, of);
    const files = statSync(at, { throwIfNoEntry: false })?.isFile() ? [at] : below(at).sort();
    const path = files[which % Math.max(1, files.length)];
    if (path === undefined) return;
    if (how === 'delete') {
      rmSync(path);
      return;
    }
    const bytes = readFileSync(path);
    if (bytes.length === 0) return;
    this.#unseen = true;
    chmodSync(path, 0o644);
    if (how === 'cut') truncateSync(path, bytes.length >> 1);
    else {
      bytes[bytes.length >> 1] ^= 1;
      writeFileSync(path, bytes);
    }
  }

  async #command(args: readonly string[]): Promise<void> {
    const own = args.includes('--profile') ? [] : argsOf(this.#model);
    const ended = await this.#driftline(...args, ...own);
    // Nothing to accept, or something that comes out otherwise; something that was damaged before.
    const fine = args[0] === 'accept' || args[0] === 'verify' ? [0, 1] : [0];
    if (!fine.includes(ended.code ?? -1)) this.#broken(args.join(' '), ended);
  }

  async #kill(after: number): Promise<void> {
    const child = this.#study.start(['run', ...argsOf(this.#model)]);
    const timer = setTimeout(() => child.kill('SIGKILL'), after);
    await ending(child);
    clearTimeout(timer);
  }

  /** Two runs over one store, of which one has another profile: nothing is done by both. */
  async #beside(): Promise<void> {
    const ended = await Promise.all([
      this.#driftline('run', '--json', ...argsOf(this.#model)),
      this.#driftline('run', '--json', '--profile', 'other'),
    ]);
    const keys = ended.map(({ code, out, err }) => {
      if (code !== 0) this.#broken('a run beside another', { code, err });
      return events(out).flatMap(({ type, key }) => (type === 'action-finished' ? [key] : []));
    });
    const both = keys[0].filter((key) => keys[1].includes(key));
    if (both.length > 0) this.#broken('done by both of two runs at once', both);
  }

  async #fromScratch(args: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const files = filesOf(this.#model);
    const name = sha256(JSON.stringify([files, args]));
    let results = known.get(name);
    if (results === undefined) {
      const study = new TemporaryStudy(mkdtempSync(join(tmpdir(), 'driftline-clean-')), files);
      const ended = await study.driftline('run', '--jobs', '3', ...args);
      if (ended.code !== 0) this.#broken('a run from nothing fails', ended);
      results = this.#results(study.root);
      rmSync(study.root, { recursive: true, force: true });
      known.set(name, results);
    }
    return results;
  }

  /** The tables and verdicts that a person takes away. */
  #results(root: string): Readonly<Record<string, string>> {
    const out = join(root, 'out');
    const kept = below(join(out, 'tables'));
    return Object.fromEntries(
      [...kept, join(out, 'claims.json')].map((path) => [path.slice(out.length + 1), sha256(readFileSync(path))]),
    );
  }

  #driftline(...args: readonly string[]): Promise<Ended> {
    return this.#study.driftline(...args);
  }

  async #json(...args: readonly string[]) {
    const ended = await this.#driftline(...args, '--json');
    if (ended.code !== 0) this.#broken(args.join(' '), ended);
    return JSON.parse(ended.out);
  }

  #broken(law: string, found: unknown): never {
    throw new Error(`${law}\n${JSON.stringify(found, null, 2)}\n${filesOf(this.#model)['pipeline.yaml']}`);
  }
}

/** Edits a real study at random, and holds the real program to the laws after each edit. */
export async function checkWhole(sequences: number, edits: number, seed: number): Promise<number> {
  let runs = 0;
  const step = fc.record({ edit, jobs: fc.integer({ min: 1, max: 4 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: edits, maxLength: edits }), async (steps) => {
      const study = new WholeStudy();
      try {
        await study.check(2);
        for (const { edit, jobs } of steps) {
          await study.apply(edit);
          await study.check(jobs);
          runs++;
        }
        await study.verify();
      } finally {
        study.remove();
      }
    }),
    { numRuns: sequences, seed, endOnFailure: true },
  );
  return runs;
}
