import type { FakeCluster } from './cluster.ts';
import type { ProgramAnswer } from './faults.ts';
import { sacct } from './sacct.ts';
import { sbatch } from './sbatch.ts';
import { scancel } from './scancel.ts';
import { scontrol, VERSION } from './scontrol.ts';
import { sinfo } from './sinfo.ts';
import { squeue } from './squeue.ts';

/** How a program was called. */
export interface Invocation {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** What stood on its standard input. */
  readonly input: string;
  /** The text of a file; undefined where there is none. */
  readFile(path: string): string | undefined;
}

export type Program = (cluster: FakeCluster, invocation: Invocation) => ProgramAnswer;

export const PROGRAMS: Readonly<Record<string, Program>> = { sbatch, squeue, scancel, scontrol, sacct, sinfo };

/** Calls a program of the fake cluster, with what goes wrong with it. Resolves to undefined where it never answers. */
export async function call(
  cluster: FakeCluster,
  program: string,
  invocation: Invocation,
): Promise<ProgramAnswer | undefined> {
  const { args } = invocation;
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    return { code: 0, out: `slurm-wlm ${VERSION}\n`, err: '' };
  }
  const fault = cluster.called(program, args);
  const done = fault?.done ?? fault?.answer === undefined;
  const right = done ? PROGRAMS[program](cluster, invocation) : { code: 0, out: '', err: '' };
  if (fault?.delay === Number.POSITIVE_INFINITY) return undefined;
  if (fault?.delay !== undefined) await new Promise<void>((resume) => cluster.clock.after(fault.delay!, resume));
  if (fault?.answer === undefined) return right;
  return typeof fault.answer === 'function' ? fault.answer(right) : fault.answer;
}
