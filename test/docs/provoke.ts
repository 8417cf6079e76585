import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { columnFromArray, type DataType, dateDay, float64, tableFromColumns, tableToIPC } from '@uwdata/flechette';
import { parse } from 'yaml';
import { type Fence, optionsOf } from './fences.ts';
import { type Instrumented, ROOT } from './instrumented.ts';

/** Provokes the errors of the page that lists them, in a folder of their own. */
export class Provoker {
  readonly #root: string;
  // biome-ignore lint/suspicious/noExplicitAny: the exports of many modules by name
  readonly #our: any;

  constructor(folder: string, { modules }: Instrumented) {
    this.#our = modules;
    this.#root = join(folder, 'study');
    const outside = join(folder, 'outside');
    mkdirSync(outside, { recursive: true });
    this.write('data.csv', 'C,delay\n2,3.1\n');
    this.write('fit.py', '');
    this.write('figures/delay.vl.yaml', 'mark: point\n');
    for (let i = 0; i <= 1000; i++) this.write(`many/${i}.yaml`, '{}');
    this.write('experiments/large.yaml', `about: ${'x'.repeat(1_000_000)}`);
    writeFileSync(join(outside, 'outside.vl.yaml'), 'mark: point\n');
    writeFileSync(join(outside, 'leads-out.ts'), 'export default {};\n');
    symlinkSync(outside, join(this.#root, 'link'));
  }

  write(path: string, text: string | Uint8Array): void {
    mkdirSync(dirname(join(this.#root, path)), { recursive: true });
    writeFileSync(join(this.#root, path), text);
  }

  /** What is said about the block's example. */
  async answer(fence: Fence): Promise<string> {
    const [sort] = fence.info.split(' ');
    if (sort === 'verbs') return this.#verbs(fence);
    if (sort === 'expressions' || sort === 'expression') return this.#expressions(fence);
    if (sort === 'test') return failure(() => this.#our.judge(this.#rows(), parse(fence.text)));
    if (sort === 'cells') return this.#cells(fence);
    if (sort === 'figure') return this.#figure(fence);
    if (sort === 'result') return this.#result(fence);
    if (sort === 'programs') return this.#programs(fence);
    if (sort === 'csv') return failure(() => this.#our.fromCsv(evaluated(fence.text) as string, undefined, 'data.csv'));
    if (fence.language === 'csv') {
      const schema = fence.info === '' ? undefined : parse(`{ ${fence.info} }`);
      return failure(() => this.#our.fromCsv(fence.text, schema, 'data.csv'));
    }
    if (fence.language === 'json')
      return failure(() => this.#our.tableFromRows(JSON.parse(fence.text), undefined, 'data.json'));
    if (sort === 'arrow') return this.#arrow(fence);
    if (fence.language === 'arrow')
      return failure(() => this.#our.decodeArrow(new TextEncoder().encode(fence.text), 'output "table"'));
    return this.#study(fence);
  }

  async #study(fence: Fence): Promise<string> {
    const { readStudy, formatProblem, Kinds, StatCache } = this.#our;
    const isSet = fence.info === 'set';
    const written = isSet ? 'params: { lambda: 0.75 }' : fence.language === 'js' ? evaluated(fence.text) : fence.text;
    this.write('pipeline.yaml', typeof written === 'string' ? this.#whole(written, fence) : (written as Uint8Array));
    const store = join(this.#root, '..', 'store');
    const kinds = new Kinds(store, { study: this.#root, package: ROOT }, new StatCache(store, this.#root));
    const set = Object.fromEntries(
      optionsOf(fence, 'set').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    );
    if (isSet) set.lambda = evaluated(fence.text) as string;
    const request = {
      root: this.#root,
      file: optionsOf(fence, 'file')[0],
      profile: optionsOf(fence, 'profile')[0],
      set,
    };
    const read = await readStudy({ ...request, kinds: kinds.resolve });
    if (!('problems' in read)) throw new Error(`nothing is wrong with the example on line ${fence.line}`);
    return (read.problems as { message: string }[])
      .map((problem) => formatProblem(problem).replaceAll(`${this.#root}/`, ''))
      .join('\n\n');
  }

  /** The page leaves out what every study has to begin with. Behind the rest it moves no line. */
  #whole(text: string, { info }: Fence): string {
    if (info === 'whole' || /^(?:%|\?|---)/m.test(text)) return text;
    const keys = ['driftline: 1', 'study: Example'].filter(
      (line) => !new RegExp(`^${line.slice(0, 6)}`, 'm').test(text),
    );
    return [text.replace(/\n$/, ''), ...keys, ''].join('\n');
  }

  #rows() {
    const columns = { C: [2, 3], delay: [3.1, 2.9], label: ['a', 'b'] };
    return this.#our.tableFrom(columns, undefined, 'rows');
  }

  #verbs(fence: Fence): string {
    const [, from] = /from: (\w+)/.exec(fence.info) ?? [];
    const [, column] = /columns: (\w+)/.exec(fence.info) ?? [];
    const other = this.#our.tableFrom({ C: [2], exact: [3] }, undefined, 'other');
    // A verb that stands alone has only one input to work on, but where the choice is what the example is about.
    const columns = column === undefined ? {} : { [column]: 'float64' };
    return failure(() =>
      this.#our.applyVerbs({ rows: this.#rows(), other }, from ?? start(fence), parse(fence.text), columns),
    );
  }

  #expressions({ info, text }: Fence): string {
    const each = info === 'expression' ? [evaluated(text) as string] : text.trimEnd().split('\n');
    return each
      .map((expression) =>
        failure(() =>
          this.#our.checkExpression({ name: 'x', text: expression, path: 'derive.x' }, ['C', 'delay', 'label']),
        ),
      )
      .join('\n');
  }

  /** A file of columns with the Arrow types that are named. */
  #arrow({ text }: Fence): string {
    const types: Readonly<Record<string, () => DataType>> = { dateDay, float64 };
    const columns = (parse(text) as [string, string][]).map(
      ([name, type]) => [name, columnFromArray([1], types[type]!())] as [string, ReturnType<typeof columnFromArray>],
    );
    const bytes = tableToIPC(tableFromColumns(columns), { format: 'file' })!;
    return failure(() => this.#our.decodeArrow(bytes, 'output "table"'));
  }

  #cells({ text }: Fence): string {
    const parts = parse(text) as { axes: object; columns: object }[];
    return failure(() =>
      this.#our.concatenate(
        parts.map(({ axes, columns }) => ({ axes, table: this.#our.tableFrom(columns, undefined, 'cell') })),
      ),
    );
  }

  async #figure(fence: Fence): Promise<string> {
    const text = fence.language === 'js' ? (evaluated(fence.text) as string) : fence.text;
    const tables = fence.info.includes('no inputs') ? {} : { rows: this.#rows() };
    return failureOf(async () => {
      const spec = await this.#our.readSpec(new TextEncoder().encode(text), 'delay.vl.yaml');
      await this.#our.renderFigure({ spec, tables, formats: [], name: 'delay.vl.yaml' });
    });
  }

  /** What the engine says of a kind that gives this. */
  #result({ info, text }: Fence): Promise<string> {
    const schema = info.endsWith('free') ? {} : { schema: { delay: 'float64' } };
    const bundle = join(this.#root, `result-${Math.abs(hash(text))}.mjs`);
    writeFileSync(bundle, `export default { run: () => (${text.trimEnd()}) };\n`);
    const outputs = { summary: { type: 'table', ...schema }, notes: { type: 'file', extension: 'txt' } };
    const task = {
      bundle,
      entry: 'run',
      inputs: {},
      files: {},
      params: {},
      seed: '',
      outputs,
      storeRoot: this.#store(),
    };
    const { signal } = new AbortController();
    return failureOf(() => this.#our.perform(task, { progress() {}, signal, scratch: this.#root }));
  }

  #store(): string {
    return join(this.#root, '..', 'store');
  }

  async #programs({ text }: Fence): Promise<string> {
    const said: string[] = [];
    for (const line of text.trimEnd().split('\n')) {
      const argv = parse(line.slice(line.indexOf('['))) as string[];
      const scratch = join(this.#root, '..', 'scratch');
      rmSync(scratch, { recursive: true, force: true });
      mkdirSync(scratch);
      writeFileSync(join(scratch, 'notes.txt'), '');
      const params = {
        argv,
        shell: false,
        formats: {},
        env: {},
        outputs: { fit: 'fit.csv' },
        ports: { fit: { type: 'table' } },
      };
      const { signal } = new AbortController();
      said.push(
        await failureOf(() =>
          this.#our.runStage.run({ params, inputs: {}, files: {}, scratch, progress() {}, signal }),
        ),
      );
    }
    return said.join('\n');
  }
}

/** Where an example says nothing of it, verbs start from `rows`. */
const start = ({ text }: Fence): string | undefined => (text === '- ungroup\n' ? undefined : 'rows');

const evaluated = (text: string): unknown => runInNewContext(text, { Buffer, Array });

const hash = (text: string): number => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7);

function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing is wrong with an example');
}

async function failureOf(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing is wrong with an example');
}
