/**
 * Writes schema/study.schema.json, the JSON Schema of study files with the parameters of the built-in kinds. With
 * `--check` it only compares, and ends with exit code 1 where the file is stale. Bundle it to run it:
 *
 *     npx esbuild scripts/schema.ts --bundle --platform=node --format=esm --packages=external --outfile=dist/schema.mjs
 *     node dist/schema.mjs
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Kinds } from '../src/engine/kinds.ts';
import { StatCache } from '../src/store/statCache.ts';
import { studySchema } from '../src/study/schema.ts';

export const SCHEMA_FILE = 'schema/study.schema.json';

/** The schema's text for the kinds in the `stages` folder of a checkout. */
export async function schemaText(root: string): Promise<string> {
  const store = mkdtempSync(join(tmpdir(), 'driftline-schema-'));
  try {
    const kinds = new Kinds(store, { study: root, package: root }, new StatCache(store, root));
    const contracts = await Promise.all(kinds.names().map(async (name) => [name, (await kinds.load(name))!.contract]));
    return `${JSON.stringify(studySchema(Object.fromEntries(contracts)), null, 2)}\n`;
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

async function main(words: readonly string[]): Promise<number> {
  const path = join(process.cwd(), SCHEMA_FILE);
  const text = await schemaText(process.cwd());
  if (words.includes('--check')) {
    const fresh = readFileSync(path, 'utf8') === text;
    process.stdout.write(fresh ? `${SCHEMA_FILE} is fresh\n` : `${SCHEMA_FILE} is stale: write it anew\n`);
    return fresh ? 0 : 1;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  process.stdout.write(`wrote ${SCHEMA_FILE}\n`);
  return 0;
}

// Also imported by the test that asks whether the file is fresh.
if (/schema\.m?[jt]s$/.test(process.argv[1] ?? '')) process.exitCode = await main(process.argv.slice(2));
