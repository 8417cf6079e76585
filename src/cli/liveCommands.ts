import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Follower } from '../dashboard/follower.ts';
import { type Commands, Failed } from '../dashboard/server.ts';
import { leaseOfRun } from '../engine/liveLines.ts';
import { BlobError } from '../store/cas.ts';
import { makeFolder, namesIn } from '../store/folders.ts';
import { systemProcesses } from '../store/processes.ts';
import { readRun, runIds } from '../store/runs.ts';
import { STOP_RUN } from './interruption.ts';
import { PACKAGE_ROOT } from './package.ts';
import type { StudyOptions } from './session.ts';

const BIN = join(PACKAGE_ROOT, 'bin', 'driftline');

/** Characters of what a run said that are shown. */
const SHOWN = 3000;

/** What a server leaves that was killed: what runs said that it had started, and figures of results that were not all there. */
const LEFT = /^(said|so-far)-(\d+)/;

/** Does what the page asks by this very program, in processes of their own: they answer as they would in a terminal. */
export class LiveCommands implements Commands {
  readonly #follower: Follower;
  readonly #options: StudyOptions & { readonly jobs?: number };
  readonly #say: (code: number | null, words: string) => void;
  #count = 0;
  /** Runs that were started here and go on. */
  #under = 0;

  constructor(
    follower: Follower,
    options: StudyOptions & { readonly jobs?: number },
    say: (code: number | null, words: string) => void,
  ) {
    this.#follower = follower;
    this.#options = options;
    this.#say = say;
    // A run that still goes on keeps the file that has no name any more.
    for (const name of namesIn(this.#folder)) {
      const pid = LEFT.exec(name)?.[2];
      if (pid !== undefined && systemProcesses().startOf(Number(pid)) === undefined)
        this.#remove(join(this.#folder, name));
    }
    process.on('exit', this.#forget);
  }

  /** A folder on the disk of the store, for as long as this server lives. */
  get scratch(): string {
    return join(this.#folder, `so-far-${process.pid}`);
  }

  close(): void {
    process.off('exit', this.#forget);
    this.#forget();
  }

  readonly #forget = (): void => this.#remove(this.scratch);

  #remove(path: string): void {
    rmSync(path, { recursive: true, force: true });
  }

  why(target: string): Promise<string> {
    return this.#ask(['why', ...this.#study(), '--', target]);
  }

  async runs(): Promise<unknown> {
    return JSON.parse(await this.#ask(['runs', '--json', '--file', basename(this.#options.file)]));
  }

  async compare(from: string, to: string): Promise<unknown> {
    const file = ['--file', basename(this.#options.file)];
    return JSON.parse(await this.#ask(['diff', '--json', ...file, '--', from, to]));
  }

  figureOfRun(run: string, stage: string): Buffer | undefined {
    const { storeRoot, log, cas } = this.#follower.study.open;
    if (!runIds(storeRoot).includes(run)) return undefined;
    const key = readRun(storeRoot, run)?.actions.find(({ target }) => target === stage)?.key;
    const stored = key && log.get(key)?.outputs.svg;
    try {
      return stored ? cas.get(stored.digest) : undefined;
    } catch (error) {
      if (error instanceof BlobError) return undefined;
      throw error;
    }
  }

  start(targets: readonly string[]): void {
    if (this.#under > 0) throw new Failed(409, 'A run is starting: it is shown in a moment.');
    makeFolder(this.#folder);
    const path = join(this.#folder, `said-${process.pid}-${++this.#count}.txt`);
    const fd = openSync(path, 'wx', 0o644);
    const { jobs, out } = this.#options;
    const more = [
      ...(jobs === undefined ? [] : ['--jobs', String(jobs)]),
      ...(out === undefined ? [] : ['--out', out]),
    ];
    // Of its own group and with a file to write into: what becomes of this process is nothing to it.
    const child = spawn(process.execPath, [BIN, 'run', ...this.#study(), ...more, '--', ...targets], {
      cwd: dirname(resolve(this.#options.file)),
      env: plainly(),
      detached: true,
      stdio: ['ignore', fd, fd],
    });
    closeSync(fd);
    this.#under++;
    child.on('error', (error) => this.#say(null, error.message));
    child.on('close', (code) => {
      this.#under--;
      const words = readFileSync(path, 'utf8').trim();
      rmSync(path, { force: true });
      this.#say(code, words.length > SHOWN ? `…${words.slice(-SHOWN)}` : words);
    });
    child.unref();
  }

  stop(): void {
    const run = this.#follower.living;
    const owner = run && this.#follower.study.open.leases.ownerOf(leaseOfRun(run));
    if (!owner) throw new Failed(409, 'That run has ended.');
    const { self } = systemProcesses();
    if (owner.host !== self.host || owner.namespace !== self.namespace) {
      throw new Failed(409, `That run goes on on ${owner.host}: it can be stopped there.`);
    }
    process.kill(owner.pid, (this.#follower.run()?.watched && STOP_RUN) || 'SIGINT');
  }

  get #folder(): string {
    return join(this.#follower.study.open.storeRoot, 'live');
  }

  /** The options that name the study that is shown. */
  #study(): string[] {
    const { plan, set } = this.#follower.study.open;
    return [
      '--file',
      basename(this.#options.file),
      ...(plan.profile === null ? [] : ['--profile', plan.profile]),
      ...Object.entries(set).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
    ];
  }

  #ask(args: readonly string[]): Promise<string> {
    return new Promise((done, failed) => {
      const cwd = dirname(resolve(this.#options.file));
      const child = spawn(process.execPath, [BIN, ...args], { cwd, env: plainly(), stdio: ['ignore', 'pipe', 'pipe'] });
      let out = '';
      let err = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        err += text;
      });
      child.on('error', failed);
      child.on('close', (code) => (code === 0 ? done(out) : failed(new Failed(422, err.trim() || out.trim()))));
    });
  }
}

const plainly = (): NodeJS.ProcessEnv => ({ ...process.env, NO_COLOR: '1' });
