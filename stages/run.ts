import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { Type } from '@sinclair/typebox';
import { defineStage, table } from '../src/engine/stage.ts';
import { decodeArrow, encodeArrow } from '../src/tables/arrow.ts';
import { fromCsv, toCsv } from '../src/tables/csv.ts';
import { toJson } from '../src/tables/rows.ts';
import type { Schema, Table } from '../src/tables/table.ts';
import { tableFromRows } from '../src/tables/tableFrom.ts';

/** Whether programs can be given a process group: not on Windows. */
const GROUPS = process.platform !== 'win32';

/** Milliseconds from asking a program to end to killing it. */
const TERM_MS = 300;

/** Something wrong with the program or with what it wrote, which its message says in full. */
class ProgramError extends Error {
  override readonly name = 'ProgramError';
}

const Names = Type.Record(Type.String(), Type.String());

/** The end of what a failed program printed that its error shows. */
const TAIL_LINES = 20;

export default defineStage({
  summary: 'Run any program: argv in, declared files in and out',
  params: Type.Object({
    argv: Type.Array(Type.String(), { minItems: 1 }),
    shell: Type.Boolean(),
    formats: Names,
    env: Names,
    outputs: Names,
    ports: Type.Record(Type.String(), Type.Unknown()),
  }),
  inputs: {},
  otherInputs: table(),
  outputs: {},
  async run({ params, inputs, files, scratch, progress, signal }) {
    const places = { inputs: {} as Record<string, string>, outputs: {} as Record<string, string> };
    for (const [pointer, bytes] of Object.entries(files)) {
      // A script may be named as the program itself.
      chmodSync(join(scratch, write(scratch, pointer.replace(/^\/code\//, ''), bytes)), 0o755);
    }
    for (const [name, value] of Object.entries(inputs)) {
      const format = params.formats[name] ?? 'csv';
      const bytes = value instanceof Uint8Array ? value : tableBytes(value as Table, format);
      places.inputs[name] = write(
        scratch,
        join('inputs', value instanceof Uint8Array ? name : `${name}.${format}`),
        bytes,
      );
    }
    mkdirSync(join(scratch, 'outputs'), { recursive: true });
    for (const [name, file] of Object.entries(params.outputs)) {
      places.outputs[name] = join('outputs', `${name}${extname(file)}`);
    }
    progress(0);
    await execute(
      params.argv.map((word) => fill(word, places)),
      params,
      scratch,
      signal,
    );
    const given = Object.entries(places.outputs).map(([name, path]) => {
      const bytes = readOutput(scratch, path, name, params.argv[0]);
      const port = params.ports[name] as { type: string; schema?: Schema };
      return [name, port.type === 'table' ? tableOf(bytes, extname(path), port.schema, name) : bytes];
    });
    return Object.fromEntries(given);
  },
});

/** Writes a file below the scratch folder and returns its path relative to it, as the program sees it. */
function write(scratch: string, path: string, bytes: Uint8Array | string): string {
  mkdirSync(join(scratch, dirname(path)), { recursive: true });
  writeFileSync(join(scratch, path), bytes);
  return path;
}

const fill = (word: string, places: Record<'inputs' | 'outputs', Record<string, string>>): string =>
  word.replace(/\$\{(inputs|outputs)\.([^}]+)\}/g, (_, side: 'inputs' | 'outputs', name: string) =>
    Object.hasOwn(places[side], name) ? places[side][name] : _,
  );

function tableBytes(value: Table, format: string): Uint8Array | string {
  if (format === 'arrow') return encodeArrow(value);
  return format === 'json' ? toJson(value) : toCsv(value);
}

function tableOf(bytes: Buffer, extension: string, schema: Schema | undefined, name: string): Table {
  const where = `output "${name}"`;
  if (extension === '.arrow') return decodeArrow(bytes, where);
  if (extension === '.json') return tableFromRows(parseJson(bytes, where), schema, where);
  return fromCsv(bytes.toString('utf8'), schema, where);
}

function parseJson(bytes: Buffer, where: string) {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new ProgramError(`${where} is not JSON: ${(error as Error).message}`);
  }
}

/** A link is not followed, and a pipe that nobody writes into is not waited for. */
const PLAINLY = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** What the program wrote. Only a file of its own counts: a link could hand over whatever it leads to. */
function readOutput(scratch: string, path: string, name: string, program: string): Buffer {
  const refuse = (what: string): never => {
    throw new ProgramError(
      `${program} ended well but ${what} its output "${name}": write it to the path that \${outputs.${name}} gives`,
    );
  };
  let fd: number;
  try {
    if (realpathSync(join(scratch, dirname(path))) !== join(realpathSync(scratch), dirname(path))) {
      return refuse('put a link in the folder’s place for');
    }
    fd = openSync(join(scratch, path), PLAINLY);
  } catch (error) {
    if (error instanceof ProgramError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    return refuse(code === 'ENOENT' ? 'did not write' : 'left no plain file as');
  }
  try {
    return fstatSync(fd).isFile() ? readFileSync(fd) : refuse('left no plain file as');
  } finally {
    closeSync(fd);
  }
}

/** Runs the program to its end. When the signal is aborted, it is ended with all that it started. */
function execute(
  argv: string[],
  { shell, env }: { shell: boolean; env: Record<string, string> },
  scratch: string,
  signal: AbortSignal,
): Promise<void> {
  const [program, ...rest] = shell ? ['sh', '-c', argv.join(' ')] : argv;
  return new Promise((resolve, reject) => {
    let printed = '';
    const child = spawn(program, rest, {
      cwd: scratch,
      env: { PATH: process.env.PATH, HOME: scratch, LC_ALL: 'C.UTF-8', TZ: 'UTC', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: GROUPS, // a process group of its own, so that its children can be ended with it
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed = (printed + text).slice(-64 * 1024);
      });
    }
    let last: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      end(child, 'SIGTERM');
      last = setTimeout(() => end(child, 'SIGKILL'), TERM_MS);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const done = (error?: ProgramError): void => {
      clearTimeout(last);
      signal.removeEventListener('abort', onAbort);
      if (error === undefined) resolve();
      else reject(error);
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      done(new ProgramError(CANNOT_START[error.code ?? '']?.(program) ?? error.message));
    });
    // What it left behind would hold its output open, and is not part of a stage that ended.
    child.on('exit', () => end(child, 'SIGKILL'));
    child.on('close', (code, killedBy) => {
      const text = printed.trimEnd();
      if (text !== '') console.log(text);
      if (code === 0) return done();
      const how = killedBy === null ? `ended with exit code ${code}` : `was ended by ${killedBy}`;
      done(new ProgramError([`${program} ${how}`, ...text.split('\n').slice(-TAIL_LINES)].join('\n').trimEnd()));
    });
  });
}

function end(child: ChildProcess, signal: NodeJS.Signals): void {
  if (!GROUPS || child.pid === undefined) {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // nobody of the group is left
  }
}

const CANNOT_START: Readonly<Record<string, (program: string) => string>> = {
  ENOENT: (program) => `the program "${program}" was not found on PATH`,
  EACCES: (program) => `the program "${program}" cannot be executed: it is not an executable file`,
};
