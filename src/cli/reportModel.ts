import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cellTarget } from '../engine/graph.ts';
import type { OutFile } from '../engine/layout.ts';
import {
  type ReportChapter,
  type ReportClaim,
  type ReportFigure,
  type ReportModel,
  type ReportStage,
  type ReportTable,
  STAGE_KEYS,
  TABLE_ROWS,
} from '../report/model.ts';
import type { ActionRecord } from '../store/actions.ts';
import type { RunAction, RunRecord } from '../store/runs.ts';
import { DECISIONS } from '../study/decisions.ts';
import type { Chapter, PlannedStage } from '../study/plan.ts';
import { decodeArrow } from '../tables/arrow.ts';
import { VERSION } from './package.ts';
import type { Session } from './session.ts';
import type { ClaimResult } from './verdicts.ts';

/** Gathers what the report shows from plan, store and run. */
export function reportModel(
  session: Session,
  records: ReadonlyMap<string, ActionRecord>,
  run: RunRecord,
  files: readonly OutFile[],
  claims: readonly ClaimResult[],
): ReportModel {
  const { plan } = session;
  const actions = new Map<string, RunAction[]>();
  const stageOf = (target: string): string => session.graph.nodes.get(target)?.stage.name ?? target;
  for (const action of run.actions) {
    const name = stageOf(action.target);
    const list = actions.get(name);
    if (list === undefined) actions.set(name, [action]);
    else list.push(action);
  }
  const stages = new Map(plan.stages.map((stage) => [stage.name, stage]));
  const chapterOf = new Map(plan.chapters.flatMap((chapter) => chapter.claims.map((id) => [id, chapter.file])));
  return {
    study: plan.study,
    ...(plan.description !== undefined && { description: plan.description }),
    profile: plan.profile,
    params: plan.params,
    seed: plan.seed,
    version: VERSION,
    run: { id: run.id, startedAt: run.startedAt, seconds: run.seconds, jobs: run.jobs, ...run.counts },
    chapters: plan.chapters.map((chapter) => chapterModel(session, records, files, actions, stages, chapter)),
    claims: claims.map((claim) => claimModel(claim, stages, chapterOf.get(claim.id) ?? '')),
    command: commandLine(session),
  };
}

function chapterModel(
  session: Session,
  records: ReadonlyMap<string, ActionRecord>,
  files: readonly OutFile[],
  actions: ReadonlyMap<string, readonly RunAction[]>,
  stages: ReadonlyMap<string, PlannedStage>,
  chapter: Chapter,
): ReportChapter {
  const own = chapter.stages.map((name) => stages.get(name)!);
  return {
    file: chapter.file,
    title: chapter.title,
    ...(chapter.about !== undefined && { about: chapter.about }),
    source: readFileSync(join(session.studyRoot, chapter.file), 'utf8'),
    claims: chapter.claims,
    figures: own.flatMap((stage) => figureModels(session, records, files, stage)),
    tables: own.flatMap((stage) => tableModels(session, records, files, stage)),
    stages: own.map((stage) => stageModel(stage, actions.get(stage.name) ?? [])),
  };
}

/** A figure is a stage that gives a drawn picture and the specification behind it. */
function figureModels(
  { cas }: Session,
  records: ReadonlyMap<string, ActionRecord>,
  files: readonly OutFile[],
  stage: PlannedStage,
): ReportFigure[] {
  return stage.cells.flatMap((cell) => {
    const outputs = records.get(cellTarget(stage, cell))?.outputs;
    if (outputs?.svg === undefined || outputs.vl === undefined) return [];
    const spec = JSON.parse(cas.get(outputs.vl.digest).toString('utf8')) as Record<string, unknown>;
    const digests = new Set(Object.values(outputs).map((output) => output.digest));
    const own = files.filter((file) => file.stage === stage.name && digests.has(file.digest));
    const title = textOf(spec.title);
    return [
      {
        name: cellTarget(stage, cell),
        stage: stage.name,
        ...(title !== undefined && { title }),
        ...(typeof spec.description === 'string' && { description: spec.description }),
        spec,
        svg: cas.get(outputs.svg.digest).toString('utf8'),
        files: links(own),
      },
    ];
  });
}

/** The text of a Vega-Lite title: a string, lines of it, or an object with one. */
function textOf(title: unknown): string | undefined {
  if (typeof title === 'string') return title;
  if (Array.isArray(title)) return title.join(' ');
  return typeof title === 'object' && title !== null ? textOf((title as { text?: unknown }).text) : undefined;
}

function tableModels(
  { cas }: Session,
  records: ReadonlyMap<string, ActionRecord>,
  files: readonly OutFile[],
  stage: PlannedStage,
): ReportTable[] {
  const tables = Object.entries(stage.outputs).flatMap(([output, { type }]) => (type === 'table' ? [output] : []));
  return [...tables, ...(stage.until === undefined ? [] : [DECISIONS])].flatMap((output) => {
    const name = `${stage.name}.${output}`;
    const stored = records.get(name)?.outputs.table;
    if (stored === undefined || !stored.rows) return [];
    const table = decodeArrow(cas.get(stored.digest));
    const columns = Object.keys(table.schema);
    const shown = Math.min(table.rows, TABLE_ROWS);
    return [
      {
        name,
        columns,
        types: columns.map((column) => table.schema[column]),
        rows: Array.from({ length: shown }, (_, row) => columns.map((column) => table.columns[column][row])),
        total: table.rows,
        files: links(files.filter((file) => file.stage === stage.name && file.output === output)),
      },
    ];
  });
}

function stageModel(stage: PlannedStage, actions: readonly RunAction[]): ReportStage {
  const count = (status: RunAction['status']): number => actions.filter((action) => action.status === status).length;
  return {
    name: stage.name,
    kind: stage.uses,
    cells: stage.cells.length,
    replicates: stage.replicates,
    ...(stage.until && { fewest: stage.until.min }),
    executed: count('executed'),
    cached: count('cached'),
    failed: count('failed'),
    seconds: actions.reduce((sum, action) => sum + action.seconds, 0),
    keys: actions.slice(0, STAGE_KEYS).map(({ target, key, status, seconds }) => ({
      cell: target.slice(stage.name.length),
      key,
      status,
      seconds,
    })),
    totalKeys: actions.length,
    params: stage.cells[0]?.params,
  };
}

function claimModel(
  { id, says, source, note, found }: ClaimResult,
  stages: ReadonlyMap<string, PlannedStage>,
  chapter: string,
): ReportClaim {
  const cell = stages.get(`claim:${id}`)?.cells[0];
  const rows = cell?.inputs.rows;
  const from = rows?.from === 'stage' ? `${rows.stage}.${rows.output}` : (rows?.path ?? '');
  const where = rows?.from === 'stage' ? rows.where : undefined;
  return {
    id,
    says,
    ...(source !== undefined && { source }),
    ...(note !== undefined && { note }),
    chapter,
    verdict: found?.verdict ?? 'missing',
    rows: found?.rows ?? 0,
    holds: found?.holds ?? 0,
    fails: found?.fails ?? 0,
    unknown: found?.unknown ?? 0,
    numbers: found?.numbers ?? {},
    decisive: found?.decisive ?? [],
    test: { rows: where === undefined ? from : { from, where }, ...(cell?.params as object) },
  };
}

/** Links from `out/report/index.html`, by format. */
const links = (files: readonly OutFile[]): Record<string, string> =>
  Object.fromEntries(files.map(({ path }) => [formatOf(path), `../${path.replaceAll('\\', '/')}`]));

const formatOf = (path: string): string =>
  path.endsWith('.vl.json') ? 'vl.json' : path.slice(path.lastIndexOf('.') + 1);

function commandLine({ options, plan }: Session): string {
  const words = ['bin/driftline', 'run'];
  if (plan.profile !== null) words.push('--profile', plan.profile);
  for (const [name, value] of Object.entries(options.set)) words.push('--set', `${name}=${value}`);
  return words.join(' ');
}
