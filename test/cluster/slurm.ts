import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { type Answer, runProgram } from './commandLine.ts';
import { Keeper } from './keeper.ts';
import { freePorts } from './ports.ts';
import { killProcessesIn } from './processes.ts';
import { slurmConf } from './slurmConf.ts';
import { until } from './until.ts';

export interface SlurmOptions {
  /** Nodes n1, n2, …; 1 unless told. */
  readonly nodes?: number;
  /** Processors of each node; 16 unless told. */
  readonly cpus?: number;
  /** Lines of slurm.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A real Slurm on this machine, from Debian's packages, of its own and in a temporary folder. */
export class Slurm {
  readonly folder: string;
  /** For programs that are to speak with this Slurm. */
  readonly environment: NodeJS.ProcessEnv;
  readonly #keeper: Keeper;

  private constructor(keeper: Keeper) {
    this.#keeper = keeper;
    this.folder = keeper.folder;
    this.environment = { ...process.env, SLURM_CONF: join(keeper.folder, 'slurm.conf') };
  }

  /** Resolves when all nodes take jobs. */
  static async start({ nodes = 1, cpus = 16, settings = {} }: SlurmOptions = {}): Promise<Slurm> {
    const keeper = new Keeper('slurm');
    const slurm = new Slurm(keeper);
    try {
      const [port, ...nodePorts] = await freePorts(nodes + 1);
      const host = hostname().split('.')[0]!;
      const { folder } = slurm;
      keeper.mark(`SLURM_CONF=${slurm.environment.SLURM_CONF}`); // which Slurm gives its jobs
      for (const name of ['state', 'controller', ...nodePorts.map((_, at) => `n${at + 1}`)])
        mkdirSync(join(folder, name));
      writeFileSync(join(folder, 'munge.key'), randomBytes(1024), { mode: 0o400 });
      const shape = { folder, host, user: userInfo().username, port: port!, nodePorts, cpus, settings };
      writeFileSync(join(folder, 'slurm.conf'), slurmConf(shape));
      // Each of these it may delete and write anew, as it does with the seed when it ends: none may be a device.
      const munge = ['key-file=munge.key', 'seed-file=munge.seed', 'socket=munge.socket', 'pid-file=munged.pid'];
      const files = [...munge, 'log-file=munged.log'].map((one) => `--${one.replace('=', `=${folder}/`)}`);
      keeper.start(sbin('munged'), ['--foreground', '--force', ...files], slurm.environment);
      await until(() => existsSync(join(folder, 'munge.socket')), 'munged to listen');
      slurm.startController();
      for (let node = 1; node <= nodes; node++) slurm.startNode(`n${node}`);
      await until(() => slurm.#ready(nodes), 'the nodes to be ready');
    } catch (error) {
      const logs = ['slurmctld.log', 'slurmd-n1.log'].map((name) => slurm.#endOf(name));
      await slurm.stop();
      throw new Error(`${keeper.error ?? (error as Error).message}\n${logs.join('\n')}`);
    }
    return slurm;
  }

  async stop(): Promise<void> {
    await this.#keeper.close();
  }

  /** Runs one of Slurm's programs. */
  run(program: string, args: readonly string[], options: { input?: string; cwd?: string } = {}): Promise<Answer> {
    return runProgram(program, args, this.environment, options);
  }

  /** Submits a script; its job's number. */
  async submit(script: string, ...args: string[]): Promise<string> {
    const { code, out, err } = await this.run('sbatch', ['--parsable', '-o', '/dev/null', ...args], {
      input: script,
      cwd: this.folder,
    });
    if (code !== 0) throw new Error(err);
    return out.trim();
  }

  startController(): void {
    this.#keeper.start(
      sbin('slurmctld'),
      ['-D', '-f', join(this.folder, 'slurm.conf')],
      this.environment,
      join(this.folder, 'controller'),
    );
  }

  /** Begins it in a folder of its own, by which it and what it starts are known. */
  startNode(name: string): void {
    const args = ['-D', '-f', join(this.folder, 'slurm.conf'), '-N', name];
    this.#keeper.start(sbin('slurmd'), args, this.environment, join(this.folder, name));
  }

  /** The node is gone as after a power cut, except that what its jobs started goes on, as orphans. */
  killNode(name: string): void {
    killProcessesIn(join(this.folder, name));
  }

  /** The controller is gone at once; what it had not written is lost. */
  killController(): void {
    killProcessesIn(join(this.folder, 'controller'));
  }

  /** A node is there when a step ran on it: what a controller remembers of it is no proof. */
  async #ready(nodes: number): Promise<boolean> {
    const { out } = await this.run('sinfo', ['-h', '-N', '-o', '%T']);
    if (out.split('\n').filter((state) => state === 'idle').length !== nodes) return false;
    const { code } = await this.run('srun', ['-Q', '--immediate=5', '-N', String(nodes), '-n', String(nodes), 'true']);
    return code === 0;
  }

  #endOf(log: string): string {
    const file = join(this.folder, log);
    return existsSync(file) ? `${log}:\n${readFileSync(file, 'utf8').split('\n').slice(-15).join('\n')}` : `no ${log}`;
  }
}

const sbin = (program: string): string => (existsSync(`/usr/sbin/${program}`) ? `/usr/sbin/${program}` : program);
