import { execFile } from 'node:child_process';

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end, without a shell. A program that a signal ended has code −1. */
export const runProgram = (
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  { input = '', cwd, timeout = 60_000 }: { input?: string; cwd?: string; timeout?: number } = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const child = execFile(
      program,
      [...args],
      { env: environment, timeout, maxBuffer: 2 ** 28, ...(cwd !== undefined && { cwd }) },
      (error, out, err) => {
        if (error !== null && typeof error.code === 'string') reject(error);
        else resolve({ code: error === null ? 0 : ((error.code as number | undefined) ?? -1), out, err });
      },
    );
    child.stdin!.on('error', () => undefined); // a program that reads nothing may be gone by now
    child.stdin!.end(input);
  });
