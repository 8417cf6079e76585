import { extname } from 'node:path';
import type { Task } from '../engine/task.ts';
import { quoted } from './failureWords.ts';

/** Parameters of the kind that runs programs, as a study's `run:` gives them. */
interface ProgramParams {
  readonly argv: readonly string[];
  readonly shell: boolean;
  readonly formats: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/** A program as it is started: the same as the kind `run` starts it, which a test holds it to. */
export function programOf({ params, inputs }: Pick<Task, 'params' | 'inputs'>, folder: string) {
  const { argv, shell, formats, env, outputs } = params as unknown as ProgramParams;
  const places: Record<string, string> = {};
  for (const [name, input] of Object.entries(inputs)) {
    const isFile = !Array.isArray(input) && (input as { format: string }).format === 'bytes';
    places[`inputs.${name}`] = `inputs/${isFile ? name : `${name}.${formats[name] ?? 'csv'}`}`;
  }
  for (const [name, file] of Object.entries(outputs)) places[`outputs.${name}`] = `outputs/${name}${extname(file)}`;
  const words = argv.map((word) =>
    word.replace(/\$\{((?:inputs|outputs)\.[^}]+)\}/g, (all, name: string) => places[name] ?? all),
  );
  return {
    folder,
    command: shell ? ['sh', '-c', words.join(' ')] : words,
    environment: { PATH: process.env.PATH ?? '', HOME: folder, LC_ALL: 'C.UTF-8', TZ: 'UTC', ...env },
  };
}

const LEFT = 'Its folder, with its inputs in inputs/, is left for you. To start it there by hand as it is started here';

/** How to go into a program's folder and start it by hand. */
export function sandboxWords(task: Pick<Task, 'params' | 'inputs'>, folder: string): string[] {
  const { command, environment } = programOf(task, folder);
  const { PATH, ...others } = environment;
  const own = PATH === process.env.PATH ? others : environment;
  const words = command.map((word) => quoted(word)).join(' ');
  if (process.platform === 'win32') {
    const set = Object.entries(own).map(([name, value]) => `  set ${name}=${value}`);
    return [`${LEFT} in a console of its own:`, `  cd /d ${quoted(folder)}`, ...set, `  ${words}`];
  }
  const set = Object.entries(own).map(([name, value]) => `${name}=${quoted(value)}`);
  return [`${LEFT}:`, `  cd ${quoted(folder)}`, `  env -i PATH="$PATH" ${set.join(' ')} ${words}`];
}
