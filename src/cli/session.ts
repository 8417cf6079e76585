import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { type Forecast, forecast } from '../engine/forecast.ts';
import { ActionGraph, type ActionNode, kindsOf } from '../engine/graph.ts';
import { Kinds, type LoadedKind } from '../engine/kinds.ts';
import { PlanCache, type PlanRequest, planPath } from '../engine/planCache.ts';
import { ActionLog, type ActionRecord } from '../store/actions.ts';
import { Cas } from '../store/cas.ts';
import { Leases } from '../store/leases.ts';
import { namesOfRuns } from '../store/runs.ts';
import { StatCache } from '../store/statCache.ts';
import type { Plan } from '../study/plan.ts';
import { nearest } from '../tables/nearest.ts';
import { CliError } from './exit.ts';
import { PACKAGE_ROOT, programDigest } from './package.ts';
import { storeOf } from './storeFolder.ts';

/** The options that every command about a study takes. */
export interface StudyOptions {
  readonly file: string;
  readonly profile?: string;
  readonly set: Readonly<Record<string, string>>;
  readonly out?: string;
}

/** A study that was read, with everything that answers questions about it. */
export interface Session {
  readonly studyRoot: string;
  readonly storeRoot: string;
  readonly outRoot: string;
  readonly plan: Plan;
  readonly kinds: ReadonlyMap<string, LoadedKind>;
  readonly graph: ActionGraph;
  readonly stats: StatCache;
  readonly cas: Cas;
  readonly log: ActionLog;
  readonly leases: Leases;
  /** This process' name in the store. */
  readonly runId: string;
  readonly options: StudyOptions;
}

/** Reads a study. Throws {@link CliError} with every problem of it worded. `onChanged`: it is not the one that was read last. */
export async function openSession(options: StudyOptions, onChanged?: () => void): Promise<Session> {
  const file = resolve(options.file);
  const studyRoot = dirname(file);
  if (!existsSync(file)) {
    throw new CliError(`There is no study file ${options.file}. Name one with --file, or go to its folder.`);
  }
  const storeRoot = storeOf(studyRoot);
  const stats = new StatCache(storeRoot, studyRoot);
  const loader = new Kinds(storeRoot, { study: studyRoot, package: PACKAGE_ROOT }, stats);
  const plan = await readPlan(options, file, studyRoot, storeRoot, stats, loader, onChanged);
  const kinds = new Map<string, LoadedKind>();
  for (const name of kindsOf(plan)) kinds.set(name, (await loader.load(name))!);
  stats.save();
  const runId = `${namesOfRuns(new Date())}-${randomBytes(3).toString('hex')}`;
  const contracts = new Map([...kinds].map(([name, kind]) => [name, kind.contract]));
  let graph: ActionGraph | undefined;
  return {
    studyRoot,
    storeRoot,
    outRoot: resolve(studyRoot, options.out ?? 'out'),
    plan,
    kinds,
    get graph() {
      graph ??= new ActionGraph(plan, contracts);
      return graph;
    },
    stats,
    cas: new Cas(storeRoot),
    log: new ActionLog(storeRoot, runId),
    leases: new Leases(storeRoot),
    runId,
    options,
  };
}

function planRequest({ file, profile, set }: StudyOptions, stats: StatCache): PlanRequest {
  return { version: programDigest(stats), file: basename(file), profile: profile ?? null, set };
}

/** The file in which a session's compiled plan is remembered. */
export const planFile = ({ options, storeRoot, stats }: Session): string =>
  planPath(storeRoot, planRequest(options, stats));

async function readPlan(
  options: StudyOptions,
  file: string,
  studyRoot: string,
  storeRoot: string,
  stats: StatCache,
  kinds: Kinds,
  onChanged?: () => void,
): Promise<Plan> {
  const request = planRequest(options, stats);
  const cache = new PlanCache(storeRoot, studyRoot, stats);
  const remembered = await cache.recall(request, kinds);
  if (remembered !== undefined) return remembered;
  onChanged?.();
  const { readStudy } = await import('../study/read.ts');
  const { formatProblem } = await import('../study/problems.ts');
  const study = await readStudy({
    root: studyRoot,
    file: basename(file),
    ...(options.profile !== undefined && { profile: options.profile }),
    set: options.set,
    kinds: kinds.resolve,
  });
  if ('problems' in study) {
    const count = study.problems.length;
    const worded = study.problems.map(formatProblem).join('\n\n');
    throw new CliError(
      `${worded}\n\n${count === 1 ? '1 problem' : `${count} problems`} in the study. Nothing was run.`,
    );
  }
  return cache.remember(request, study.plan, kinds);
}

/** The nodes that targets name, with what they need; all of them when there are none. */
export function selectNodes(session: Session, targets: readonly string[]): ActionNode[] {
  if (targets.length === 0) return session.graph.select();
  const names = targets.map((target) => resolveTarget(session, target));
  return session.graph.select((node) => names.some((name) => matchesTarget(node, name)));
}

/** A stage, a stage's output, a cell, a replicate, or a claim by its id. */
export const matchesTarget = (node: ActionNode, name: string): boolean =>
  node.target === name || node.stage.name === name;

/** The name by which nodes know a target. Throws {@link CliError} where none does. */
export function resolveTarget(session: Session, target: string): string {
  for (const name of [target, `claim:${target}`]) {
    for (const node of session.graph.nodes.values()) if (matchesTarget(node, name)) return name;
  }
  throw new CliError(`The study has no target "${target}". ${alternatives(session, target)}`);
}

/** Stages that a message names: a study may have hundreds. */
const STAGES_NAMED = 12;

/** The target that was probably meant; else what there is of the stage that is named, or all stages. */
function alternatives({ graph, plan }: Session, target: string): string {
  const stages = plan.stages.map(({ name }) => name).filter((name) => !name.startsWith('claim:'));
  const stage = /^[^.[#]+/.exec(target)?.[0] ?? '';
  const own = [...graph.nodes.values()].filter((node) => node.stage.name === stage).map((node) => node.target);
  const claims = plan.claims.map(({ id }) => id);
  const close = nearest(target, own.length > 0 ? own : [...stages, ...claims, ...graph.nodes.keys()]);
  if (close !== undefined) return `Did you mean ${close}?`;
  if (own.length === 0) {
    const more = stages.length > STAGES_NAMED ? ` and ${stages.length - STAGES_NAMED} more (driftline status)` : '';
    return `Its stages: ${stages.slice(0, STAGES_NAMED).join(', ')}${more}. A cell is named like stage[C=2].`;
  }
  return `${stage} has ${own.slice(0, 5).join(', ')}${own.length > 5 ? ` and ${own.length - 5} more` : ''}.`;
}

/** What a run would do now. */
export const forecastSession = (session: Session, nodes: readonly ActionNode[]): Forecast[] => forecast(nodes, session);

/** The records of everything that is up to date. */
export function currentRecords(forecasts: readonly Forecast[]): Map<string, ActionRecord> {
  const records = new Map<string, ActionRecord>();
  for (const item of forecasts) if (item.state === 'cached') records.set(item.node.target, item.record);
  return records;
}
