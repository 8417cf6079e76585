import { Ajv2020 } from 'ajv/dist/2020.js';
import { importStage, type LoadedKind } from '../engine/kinds.ts';
import { CliError } from './exit.ts';

/** Checks parameters given on the command line against a kind; fills in defaults. Throws {@link CliError} with all problems. */
export async function checkParams(kind: LoadedKind, params: unknown): Promise<void> {
  const ajv = new Ajv2020({ allErrors: true, useDefaults: true, strict: false });
  const validate = ajv.compile(kind.contract.params as object);
  const problems = validate(params)
    ? ((await importStage(kind.bundle)).check?.(params) ?? [])
    : (validate.errors ?? []).map((error) => ({ path: error.instancePath, message: error.message ?? 'is wrong' }));
  if (problems.length === 0) return;
  throw new CliError(problems.map(({ path, message }) => `--with ${path === '' ? '/' : path}: ${message}`).join('\n'));
}
