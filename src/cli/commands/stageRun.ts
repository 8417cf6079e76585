import { existsSync, readFileSync } from 'node:fs';
import { CliError, EXIT } from '../exit.ts';
import { type CellOptions, runCell } from '../runCell.ts';
import { openSession, type StudyOptions } from '../session.ts';
import { findKind } from './stage.ts';

export interface StageRunOptions extends StudyOptions, CellOptions {
  readonly with?: string;
  readonly seed?: string;
  readonly input?: Readonly<Record<string, string>>;
}

/** `driftline stage run <target>`: one cell of the study here and now; or a kind, outside any study. */
export async function stageRunCommand(name: string, options: StageRunOptions): Promise<number> {
  // A stage may be called as its kind is: parameters are given to a kind, a cell has its own.
  const ofKind = ['with', 'seed', 'input'] as const;
  const given = ofKind.find((option) => options[option] !== undefined);
  const ofCell = (['debug', 'record', 'port', 'profile'] as const).find((option) => options[option] !== undefined);
  if (given !== undefined && ofCell !== undefined) {
    throw new CliError(
      `--${given} is for a kind outside any study, --${ofCell} for a cell of the study: give one of them.`,
    );
  }
  if (given === undefined && existsSync(options.file)) {
    const session = await openSession(options);
    const code = await runCell(session, name, options);
    if (code !== undefined) return code;
  }
  return runKind(name, options);
}

/** One run of a kind, its tables printed as JSON. */
async function runKind(name: string, options: StageRunOptions): Promise<number> {
  const kind = await findKind(name, options);
  const params = parseParams(options.with ?? '{}');
  const { checkParams } = await import('../checkParams.ts');
  await checkParams(kind, params);
  const { runAlone } = await import('../runAlone.ts');
  const outputs = await runAlone(kind, params, options.seed ?? 'driftline', readInputs(options.input ?? {}));
  process.stdout.write(`${JSON.stringify(outputs, null, 2)}\n`);
  return EXIT.done;
}

function parseParams(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CliError(`--with expects JSON such as '{"n": 100}': ${(error as Error).message}`);
  }
}

function readInputs(paths: Readonly<Record<string, string>>): Record<string, { path: string; bytes: Buffer }> {
  return Object.fromEntries(
    Object.entries(paths).map(([name, path]) => {
      if (!existsSync(path)) throw new CliError(`--input ${name}: there is no file ${path}`);
      return [name, { path, bytes: readFileSync(path) }];
    }),
  );
}
