import { spawn } from 'node:child_process';

/** What a program of the cluster said. */
export interface Answer {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * Why Slurm could not be asked. `missing`: there is no such program; `silent`: no answer, or one that says to try again, and
 * what was asked for may have been done all the same; `refused`: no, and asking again is of no use.
 */
export class SlurmError extends Error {
  override readonly name = 'SlurmError';
  readonly reason: 'missing' | 'silent' | 'refused';
  readonly program: string;

  constructor(reason: SlurmError['reason'], program: string, words: string) {
    super(words);
    this.reason = reason;
    this.program = program;
  }
}

/** Starts a program with its arguments, each as it is, and without a shell. */
export type Run = (program: string, args: readonly string[]) => Promise<string>;

/** Bytes of an answer that are read: a million jobs' lines. */
const MOST_BYTES = 2 ** 28;

/** What Slurm says when its controller, or what it needs, is away or busy, or when there are too many jobs just now. */
const SILENT =
  /unable to contact|timed out|connection (refused|reset|failure)|zero bytes|communication|try again|temporarily|in the process of|backup controller|not responding|munge|protocol authentication|unexpected (message|eof)|max ?submit|maxjobcount|too many (open|jobs)|resource.*unavailable|database.*(down|connect)/i;

/** Runs Slurm's programs, each at most so many milliseconds. Rejects with a {@link SlurmError} unless the program ends well. */
export function slurmCommands(timeoutMs: number, env: NodeJS.ProcessEnv = process.env): Run {
  const clean = environment(env);
  return async (program, args) => {
    const answer = await start(program, args, clean, timeoutMs);
    if (answer.code === 0) return answer.out;
    const words = lastWords(answer);
    throw new SlurmError(SILENT.test(answer.err) ? 'silent' : 'refused', program, words);
  };
}

/**
 * What Slurm's programs see: the way to them, and what a person set for them. What a job tells its own programs is left
 * out, so that a run inside a job does not submit with that job's settings.
 */
function environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) => ['PATH', 'HOME', 'USER', 'LOGNAME', 'SLURM_CONF'].includes(name) || /^(SBATCH|FAKE_SLURM)_/.test(name),
  );
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}

function start(program: string, args: readonly string[], env: NodeJS.ProcessEnv, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new SlurmError('silent', program, `${program} gave no answer within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (out.length < MOST_BYTES) out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (err.length < 65_536) err += text;
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const missing = error.code === 'ENOENT' || error.code === 'EACCES';
      reject(new SlurmError(missing ? 'missing' : 'silent', program, error.message));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, out, err });
    });
  });
}

const lastWords = ({ code, err }: Answer): string =>
  err
    .split('\n')
    .map((line) => line.trim().replace(/^\w+: error: /, ''))
    .filter((line) => line !== '')
    .slice(-3)
    .join('; ') || `it ended with code ${code} and said nothing`;
