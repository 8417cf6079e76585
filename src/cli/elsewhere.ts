import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { RunEvent } from '../engine/events.ts';
import type { ActionNode } from '../engine/graph.ts';
import type { Remote } from '../engine/lane.ts';
import { SlurmCluster } from '../executors/slurm/cluster.ts';
import { SlurmError, slurmCommands } from '../executors/slurm/command.ts';
import { SealedProgram } from '../executors/slurm/program.ts';
import { limitsOf } from '../executors/slurm/settings.ts';
import { SlurmExecutor } from '../executors/slurm/slurm.ts';
import { JOB_SETTINGS, SLURM_LIMITS } from '../study/executor.ts';
import type { JobSettings, Json, PlannedStage, SlurmLimits } from '../study/plan.ts';
import { nearest } from '../tables/nearest.ts';
import { slurmWords } from './clusterWords.ts';
import { CliError } from './exit.ts';
import { PACKAGE_ROOT } from './package.ts';
import type { Session } from './session.ts';
import { steered } from './steering.ts';
import { plural } from './text.ts';

export interface ElsewhereOptions {
  readonly executor?: 'local' | 'slurm';
  /** Settings of the command line, in their order. */
  readonly slurm?: readonly (readonly [name: string, value: string])[];
  readonly onInterrupt?: 'leave' | 'cancel';
}

/** Milliseconds that a program of Slurm is waited for. */
const COMMAND_MS = 30_000;

type Given = { readonly job: JobSettings; readonly limits: SlurmLimits };

/** What of a run is done on a cluster, as the study and the command line say. No part of any key. */
export class Elsewhere {
  readonly #session: Session;
  readonly #options: ElsewhereOptions;
  readonly #given: Given;
  #executor: SlurmExecutor | undefined;

  private constructor(session: Session, options: ElsewhereOptions, given: Given) {
    this.#session = session;
    this.#options = options;
    this.#given = given;
  }

  /** Undefined where all is done here. Throws {@link CliError} for a setting that is none. */
  static of(session: Session, options: ElsewhereOptions): Elsewhere | undefined {
    const elsewhere = new Elsewhere(session, options, readSettings(options.slurm ?? []));
    const { stages } = session.plan;
    return stages.some((stage) => !isClaim(stage) && elsewhere.#isRemote(stage)) ? elsewhere : undefined;
  }

  /** Nothing is asked of the cluster before there is an action for it. */
  open(tell: (event: RunEvent) => void): Remote {
    const { storeRoot, runId: run, plan } = this.#session;
    const stages = new Map(plan.stages.map((stage) => [stage.name, this.#settings(stage)]));
    const limits = { ...plan.executor?.limits, ...this.#given.limits };
    const settings = (stage: string): JobSettings => stages.get(stage)!;
    this.#executor = new SlurmExecutor({
      storeRoot,
      run,
      settings,
      program: new SealedProgram(storeRoot, join(PACKAGE_ROOT, 'dist', 'job'), limits.node ?? process.execPath),
      cluster: new SlurmCluster(slurmCommands(COMMAND_MS), userInfo().username),
      limits: limitsOf(limits),
      onState: (state) => tell({ type: 'cluster', ...state }),
    });
    return {
      queue: this.#executor,
      most: limitsOf(limits).cells,
      takes: ({ role, stage }: ActionNode) => role === 'run' && !isClaim(stage) && this.#isRemote(stage),
      hint: (stage) => settings(stage).takes,
    };
  }

  /** Ends the work with the cluster; of an interrupted run, leaves its jobs or cancels them. */
  async close(interrupted: boolean): Promise<void> {
    const executor = this.#executor;
    if (executor === undefined) return;
    const { jobs } = executor;
    await executor.close();
    if (!interrupted || jobs === 0) return;
    const what = this.#options.onInterrupt ?? (await askWhatToDo(jobs));
    if (what === 'leave') {
      say(`${plural(jobs, 'job')} stay${jobs === 1 ? 's' : ''} on the cluster: the next run takes them over.`);
      return;
    }
    try {
      await executor.cancel();
      say(`Cancelled ${plural(jobs, 'job')} on the cluster.`);
    } catch (error) {
      if (!(error instanceof SlurmError)) throw error;
      say(`The jobs could not be cancelled. ${slurmWords(error)}`);
    }
  }

  #isRemote(stage: PlannedStage): boolean {
    if (this.#options.executor === 'local') return false;
    return (stage.executor?.kind ?? this.#options.executor ?? this.#session.plan.executor?.kind) === 'slurm';
  }

  /** The command line knows this cluster best, then the stage, then the study. */
  #settings(stage: PlannedStage): JobSettings {
    const all = [this.#session.plan.executor?.job, stage.executor?.job, this.#given.job];
    const options = all.flatMap((job) => job?.options ?? []);
    return { ...all[0], ...all[1], ...all[2], ...(options.length > 0 && { options }) };
  }
}

const isClaim = ({ name }: PlannedStage): boolean => name.startsWith('claim:');

const say = (line: string): boolean => process.stderr.write(`${line}\n`);

/** `partition=main` and the like, by the rules of the study language. */
function readSettings(pairs: readonly (readonly [string, string])[]): Given {
  const job: Record<string, unknown> = {};
  const limits: Record<string, unknown> = {};
  const known = { ...JOB_SETTINGS, ...SLURM_LIMITS };
  for (const [name, text] of pairs) {
    if (!Object.hasOwn(known, name)) {
      const close = nearest(name, Object.keys(known));
      const hint = close === undefined ? `Known: ${Object.keys(known).join(', ')}.` : `Did you mean ${close}?`;
      throw new CliError(`--slurm ${name}=…: there is no such setting. ${hint}`);
    }
    const setting = known[name as keyof typeof known];
    const list = name === 'options' ? [...((job.options as string[] | undefined) ?? []), text] : undefined;
    const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
    const candidates: Json[] = list !== undefined ? [list] : number !== undefined ? [number, text] : [text];
    const value = candidates.map((candidate) => setting.read(candidate)).find((read) => read !== undefined);
    if (value === undefined) {
      throw new CliError(`--slurm ${name}=${text}: expected ${setting.form}.`);
    }
    (Object.hasOwn(JOB_SETTINGS, name) ? job : limits)[name] = value;
  }
  return { job, limits };
}

/** Where nobody can be asked, nothing is thrown away. */
async function askWhatToDo(jobs: number): Promise<'leave' | 'cancel'> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return 'leave';
  const terminal = createInterface({ input: process.stdin, output: steered(process.stderr) });
  const interrupted = new AbortController();
  terminal.on('SIGINT', () => interrupted.abort());
  try {
    const question = `${plural(jobs, 'job')} of this run on the cluster: [l]eave for the next run, or [c]ancel? `;
    const answer = await terminal.question(question, { signal: interrupted.signal });
    return /^c/i.test(answer.trim()) ? 'cancel' : 'leave';
  } catch {
    return 'leave';
  } finally {
    terminal.close();
  }
}
