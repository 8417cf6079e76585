import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { FakeJob, RunningScript, ScriptRunner } from './job.ts';

/** What a shell says of a script that cannot be started. */
const CANNOT_START = 127;

/** Starts jobs' scripts as processes of this machine, each in a group of its own. */
export class ProcessRunner implements ScriptRunner {
  readonly #spool: string;
  readonly #ends = new Map<number, Promise<void>>();
  #count = 0;

  constructor(spool: string) {
    this.#spool = spool;
    mkdirSync(spool, { recursive: true });
  }

  start(job: FakeJob, node: string, ended: (code: number, signal: number) => void): RunningScript {
    const { submission } = job;
    const file = join(this.#spool, `${job.id}-${this.#count++}`);
    writeFileSync(file, submission.script, { mode: 0o755 });
    const open = (pattern: string): number => openSync(placeOf(pattern, job, node), submission.append ? 'a' : 'w');
    let streams: number[] = [];
    let pid: number | undefined;
    try {
      const out = open(submission.output);
      streams = [out, submission.error === undefined ? out : open(submission.error)];
      const child = spawn(file, [...submission.args], {
        cwd: submission.folder,
        env: { ...submission.environment, ...variables(job, node) },
        stdio: ['ignore', streams[0], streams[1]],
        detached: true,
      });
      pid = child.pid;
      let over = false;
      const end = (code: number, signal: number): void => {
        if (over) return;
        over = true;
        if (pid !== undefined) this.#ends.delete(pid);
        rmSync(file, { force: true });
        ended(code, signal);
      };
      const ends = new Promise<void>((resolve) => child.on('close', () => resolve()));
      if (pid !== undefined) this.#ends.set(pid, ends);
      child.on('error', () => end(CANNOT_START, 0));
      child.on('exit', (code, signal) => end(code ?? 0, signal === null ? 0 : constants.signals[signal]));
    } catch {
      setImmediate(ended, 1, 0); // a folder that is not there: the job fails before its script begins
    } finally {
      for (const stream of new Set(streams)) closeSync(stream);
    }
    return {
      signal(name, all) {
        try {
          if (pid !== undefined) process.kill(all ? -pid : pid, name);
        } catch {} // it has ended
      },
    };
  }

  /** Ends what still runs, orphans too. */
  async close(): Promise<void> {
    for (const pid of this.#ends.keys()) {
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {} // it has ended
    }
    await Promise.all(this.#ends.values());
  }
}

/** `%j` and the like in the name of a file. */
function placeOf(pattern: string, { id, array, task, submission }: FakeJob, node: string): string {
  const name = pattern.replaceAll(/%(\d*)([jAaxuN%])/g, (all, width: string, letter: string) => {
    const value: Readonly<Record<string, string>> = {
      j: String(id),
      A: String(array),
      a: String(task ?? 4294967294),
      x: submission.name,
      u: submission.user,
      N: node,
      '%': '%',
    };
    return value[letter]?.padStart(Number(width), '0') ?? all;
  });
  return isAbsolute(name) ? name : join(submission.folder, name);
}

/** What a job is told of itself. */
function variables({ id, array, task, submission, restarts }: FakeJob, node: string): Record<string, string> {
  const { tasks } = submission;
  return {
    ENVIRONMENT: 'BATCH',
    SLURM_CLUSTER_NAME: 'driftline',
    SLURM_JOB_ID: String(id),
    SLURM_JOBID: String(id),
    SLURM_JOB_NAME: submission.name,
    SLURM_JOB_NODELIST: node,
    SLURM_JOB_PARTITION: submission.partition,
    SLURM_SUBMIT_DIR: submission.folder,
    SLURMD_NODENAME: node,
    ...(restarts > 0 && { SLURM_RESTART_COUNT: String(restarts) }),
    ...(tasks !== undefined && {
      SLURM_ARRAY_JOB_ID: String(array),
      SLURM_ARRAY_TASK_ID: String(task),
      SLURM_ARRAY_TASK_COUNT: String(tasks.length),
      SLURM_ARRAY_TASK_MIN: String(tasks[0]),
      SLURM_ARRAY_TASK_MAX: String(tasks.at(-1)),
      SLURM_ARRAY_TASK_STEP: '1',
    }),
  };
}
