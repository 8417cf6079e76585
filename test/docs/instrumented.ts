import { rmSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { constants, runInThisContext } from 'node:vm';
import { build, type Plugin } from 'esbuild';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Modules whose messages the page of errors tells. */
const MODULES = [
  'src/study/read',
  'src/study/problems',
  'src/engine/kinds',
  'src/engine/perform',
  'src/store/statCache',
  'src/tables/verbs',
  'src/tables/expression',
  'src/tables/claimTest',
  'src/tables/csv',
  'src/tables/arrow',
  'src/tables/concatenate',
  'src/tables/tableFrom',
  'src/figures/readSpec',
  'src/figures/renderFigure',
  'stages/run',
] as const;

/** A place in a source that words something and was never reached. */
export interface Unreached {
  readonly module: string;
  readonly text: string;
}

/** The sources that read studies and data, as one module, of which it is known what of it was run. */
export interface Instrumented {
  // biome-ignore lint/suspicious/noExplicitAny: the exports of many modules by name
  readonly modules: any;
  /** Texts of two words or more in code that did not run. */
  unreached(): Promise<Unreached[]>;
  close(): void;
}

/** Packages stay outside, but for their JSON, which Node imports only on request. */
const packagesOutside: Plugin = {
  name: 'packages-outside',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.endsWith('.json') ? undefined : { path, external: true },
    );
  },
};

export async function instrumented(): Promise<Instrumented> {
  // Beside what is built, from where packages are found.
  const path = join(ROOT, 'dist', `errors-${process.pid}.mjs`);
  const contents = MODULES.map((module) =>
    module === 'stages/run'
      ? `export { default as runStage } from './${module}.ts';`
      : `export * from './${module}.ts';`,
  ).join('\n');
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ROOT, loader: 'ts' },
    absWorkingDir: ROOT,
    bundle: true,
    plugins: [packagesOutside],
    format: 'esm',
    platform: 'node',
    target: 'node20',
    charset: 'utf8',
    write: false,
    logLevel: 'silent',
  });
  const code = outputFiles[0].text;
  writeFileSync(path, code);
  const session = new Session();
  session.connect();
  const ask = (method: string, params?: object) =>
    new Promise<{ result?: unknown }>((resolve, reject) => {
      session.post(method, params, (error, answer) => (error ? reject(error) : resolve(answer as object)));
    });
  await ask('Profiler.enable');
  await ask('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const modules = await imported(pathToFileURL(path).href);
  return {
    modules,
    async unreached() {
      const { result } = (await ask('Profiler.takePreciseCoverage')) as { result: Script[] };
      const script = result.find(({ url }) => url === pathToFileURL(path).href);
      return script === undefined ? [] : wordsNotRun(code, script);
    },
    close() {
      session.disconnect();
      rmSync(path, { force: true });
    },
  };
}

/** Node's own import: vitest would put other code in the place of what is imported, and V8 count in that. */
const imported: (address: string) => Promise<unknown> = runInThisContext('(address) => import(address)', {
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});

interface Script {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly Range[] }[];
}

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** Texts in quotes; a template with texts inside it counts from its beginning. */
const TEXTS = /(["'`])(?:(?!\1)[^\\\n]|\\.)*\1/g;
const TWO_WORDS = /\p{L}[,:;)]? (?:\p{L}|\$\{)/u;

function wordsNotRun(code: string, { functions }: Script): Unreached[] {
  const ran = new Uint8Array(code.length).fill(1);
  // Ranges nest: what is inside is told later and counts instead.
  const ranges = functions.flatMap((each) => each.ranges);
  ranges.sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  for (const { startOffset, endOffset, count } of ranges) ran.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  const found: Unreached[] = [];
  let module = '';
  let offset = 0;
  for (const line of code.split('\n')) {
    module = /^(?: {2})?\/\/ ((?:src|stages)\/\S+\.ts)$/.exec(line)?.[1] ?? module;
    for (const { 0: text, index } of line.matchAll(TEXTS)) {
      if (ran[offset + index] === 0 && TWO_WORDS.test(text)) found.push({ module, text });
    }
    offset += line.length + 1;
  }
  return found;
}
