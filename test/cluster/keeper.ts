import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('keeper.mjs', import.meta.url));

/**
 * A temporary folder and the servers that work in it. They end, and the folder goes, at {@link Keeper.close} or when this
 * process ends in whatever way: a process of its own sees to it.
 */
export class Keeper {
  readonly folder: string;
  readonly #process: ChildProcess;
  /** What went wrong in starting a server. */
  error: Error | undefined;

  constructor(name: string) {
    this.folder = mkdtempSync(join(realpathSync(tmpdir()), `driftline-${name}-`));
    this.#process = spawn(process.execPath, [PROGRAM], { detached: true, stdio: ['pipe', 'ignore', 'inherit'] });
    this.#tell({ folder: this.folder });
  }

  /** Ends processes with this entry in their environment as well, wherever they work. */
  mark(marker: string): void {
    this.#tell({ marker });
  }

  /** Starts a server in the folder, or in one of its own below it. */
  start(program: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd = this.folder): ChildProcess {
    const child = spawn(program, args, { cwd, env, stdio: 'ignore', detached: true });
    child.on('error', (error) => {
      this.error ??= error;
    });
    child.unref();
    return child;
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.stdin!.end();
    await ended;
  }

  #tell(message: object): void {
    this.#process.stdin!.write(`${JSON.stringify(message)}\n`);
  }
}
