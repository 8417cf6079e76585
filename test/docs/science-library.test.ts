import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { publicModules } from '../../src/engine/publicModules.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const text = readFileSync(join(ROOT, 'docs/science-library.md'), 'utf8');

/** The modules of the tables, with the functions that their rows name. */
const rows = [...text.matchAll(/^\| `([a-z]+\/\w+)` \| (.*) \|$/gim)].map(([, module, words]) => ({
  name: `driftline/science/${module}`,
  functions: [...words.matchAll(/`(\w+)`/g)].map(([, name]) => name),
}));
const modules = publicModules(ROOT);

describe('the table of the science library', () => {
  it('lists the modules that are exported, and no others', () => {
    const exported = [...modules.keys()].filter((name) => name.startsWith('driftline/science/'));
    expect(rows.map(({ name }) => name).sort()).toEqual(exported.sort());
    expect(rows.length).toBeGreaterThan(40);
  });

  it.each(rows)('names what $name has', async ({ name, functions }) => {
    const built = (await import(pathToFileURL(builtFrom(modules.get(name)!)).href)) as Record<string, unknown>;
    expect(functions.length).toBeGreaterThan(0);
    for (const each of functions) expect([each, typeof built[each]]).toEqual([each, 'function']);
  });

  it('shows a program that runs on what is built, and whose two answers agree', () => {
    const { stdout, stderr } = run(/```js\n\/\/ file: delay\.mjs\n([\s\S]*?)```/.exec(text)?.[1] ?? '');
    const [, simulated, exact] = /^mean delay: simulated (\d\.\d{3}), exact (\d\.\d{3})\n$/.exec(stdout) ?? [stderr];
    expect(Math.abs(Number(simulated) - Number(exact))).toBeLessThan(0.02);
  });
});

describe('every public module', () => {
  it.each([...modules])('%s is built with its types', (_, source) => {
    expect(existsSync(source)).toBe(true);
    expect(existsSync(builtFrom(source))).toBe(true);
    expect(readFileSync(builtFrom(source).replace(/\.js$/, '.d.ts'), 'utf8')).not.toMatch(/\.ts['"]/);
  });

  it('is all that can be imported', () => {
    expect(existsSync(builtFrom(join(ROOT, 'src/science/sim/kernelMemory.ts')))).toBe(true);
    expect(run("import 'driftline/science/sim/kernelMemory';").stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
    expect(run("import 'driftline/science/sim/simulate';")).toMatchObject({ status: 0, stderr: '' });
  });
});

/** Runs a program in a folder of the package, from which it is found by its name as from a place where it is installed. */
function run(program: string) {
  const folder = mkdtempSync(join(ROOT, 'dist', 'guide-'));
  try {
    writeFileSync(join(folder, 'program.mjs'), program);
    return spawnSync(process.execPath, ['program.mjs'], { cwd: folder, encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const builtFrom = (source: string): string =>
  join(ROOT, 'dist', 'lib', source.slice(join(ROOT, 'src').length)).replace(/\.ts$/, '.js');
