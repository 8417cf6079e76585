import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What each layer may import besides itself. `types` stand for imports that leave nothing at run time. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  'src/science': [],
  'src/tables': [],
  'src/figures': ['src/tables'],
  'src/typeset': [],
  'src/store': [],
  'src/study': ['src/tables', 'src/store/canonical.ts', 'src/typeset'],
  'src/engine': ['src/study', 'src/store', 'src/tables', 'src/figures'],
  'src/compare': ['src/engine', 'src/study', 'src/store', 'src/tables', 'src/science'],
  'src/crate': ['src/engine', 'src/study', 'src/store'],
  'src/executors': ['src/engine', 'src/study', 'src/store', 'src/tables'],
  'src/report': ['src/study', 'src/engine', 'src/store', 'src/tables', 'src/figures', 'src/typeset'],
  'src/dashboard': ['src/study', 'src/engine', 'src/executors', 'src/store', 'src/report', 'src/tables', 'src/figures'],
  'src/cli': [
    'src/study',
    'src/engine',
    'src/compare',
    'src/crate',
    'src/executors',
    'src/store',
    'src/report',
    'src/dashboard',
    'src/tables',
    'src/figures',
  ],
  stages: ['src/engine/stage.ts', 'src/science', 'src/tables', 'src/figures'],
};

/** Types of the plan are the words in which all layers speak of a study. */
const TYPES_ONLY: Readonly<Record<string, readonly string[]>> = {
  stages: ['src/study/contract.ts', 'src/study/plan.ts'],
  'src/dashboard': ['src/compare'],
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const files = ['src', 'stages'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[mc]?[tj]s$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/')),
);
const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

const IMPORT = /^\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|import\(\s*'([^']+)'\s*\)/gm;

const imports: readonly Import[] = files
  .filter((file) => !file.includes('/assembly/')) // another language
  .flatMap((from) =>
    [...textOf(from).matchAll(IMPORT)].map(([, type, fixed, late]) => ({
      from,
      to: fixed ?? late,
      typeOnly: type !== undefined,
    })),
  )
  .map(({ from, to, typeOnly }) => ({
    from,
    to: to.startsWith('.') ? posix.join(dirname(from), to) : to,
    typeOnly,
  }));

const layerOf = (file: string): string => (file.startsWith('src/') ? file.split('/').slice(0, 2).join('/') : 'stages');
const isOwn = ({ to }: Import): boolean => to.startsWith('src/') || to.startsWith('stages/');
const within = (file: string, places: readonly string[]): boolean =>
  places.some((place) => file === place || file.startsWith(`${place}/`));
const words = ({ from, to }: Import): string => `${from} → ${to}`;

describe('the layers', () => {
  it('are all known, and their imports are found', () => {
    expect([...new Set(files.map(layerOf))].filter((layer) => !(layer in MAY))).toEqual([]);
    expect(imports.filter(isOwn).length).toBeGreaterThan(300);
    const missing = imports.filter((one) => isOwn(one) && !one.to.endsWith('.json') && !files.includes(one.to));
    expect(missing.map(words).filter((text) => !text.includes('.generated.'))).toEqual([]);
  });

  it('import one way only', () => {
    const wrong = imports.filter(isOwn).filter((one) => {
      const layer = layerOf(one.from);
      const may = [layer, ...MAY[layer], ...(one.typeOnly ? (TYPES_ONLY[layer] ?? []) : [])];
      return !within(one.to, may);
    });
    expect(wrong.map(words)).toEqual([]);
  });

  it('of src import no stage', () => {
    const wrong = imports.filter(({ from, to }) => from.startsWith('src/') && to.startsWith('stages/'));
    expect(wrong.map(words)).toEqual([]);
  });

  it('of science import nothing else at all: no disk, no package, no clock', () => {
    const science = imports.filter(({ from }) => layerOf(from) === 'src/science');
    expect(science.filter((one) => !one.to.startsWith('src/science/')).map(words)).toEqual([]);
    const clocks = files.filter(
      (file) =>
        file.startsWith('src/science/') &&
        /\b(Date\.now|Math\.random|performance\.now)\(|new Date\b/.test(textOf(file)),
    );
    expect(clocks).toEqual([]);
  });

  it('keep words for people in the command line and the report', () => {
    const speaking = files.filter(
      (file) =>
        !within(file, ['src/cli', 'src/executors/worker.ts', 'src/report/page', 'stages/run.ts', 'src/dashboard']) &&
        !file.includes('/assembly/') &&
        /\bconsole\.\w+\(|process\.std(out|err)\b/.test(textOf(file)),
    );
    expect(speaking).toEqual([]);
  });
});

describe('the files', () => {
  it('are no barrels and no drawers', () => {
    expect(files.filter((file) => /(^|\/)(index|utils?|helpers?|misc|common)\.[mc]?[tj]s$/.test(file))).toEqual([]);
  });

  it('are short', () => {
    const long = files
      .filter((file) => !file.includes('.generated.'))
      .map((file) => [file, textOf(file).split('\n').length] as const)
      .filter(([, lines]) => lines > 310);
    expect(long).toEqual([]);
  });

  it('do not import each other in circles', () => {
    const next = new Map<string, string[]>();
    for (const one of imports) {
      if (isOwn(one) && !one.typeOnly) next.set(one.from, [...(next.get(one.from) ?? []), one.to]);
    }
    expect(cycles(next)).toEqual([]);
  });

  it('order nothing by locale', () => {
    expect(
      files.filter((file) => /localeCompare|toLocale|Intl\./.test(textOf(file)) && !file.startsWith('src/report/')),
    ).toEqual([]);
  });
});

/** Cycles that a depth-first walk meets, each as its files in order. */
function cycles(next: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const walk = (file: string): void => {
    const at = path.indexOf(file);
    if (at >= 0) {
      found.push(path.slice(at));
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const other of next.get(file) ?? []) walk(other);
    path.pop();
    done.add(file);
  };
  for (const file of next.keys()) walk(file);
  return found;
}
