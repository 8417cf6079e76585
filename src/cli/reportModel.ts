import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OutFile } from '../engine/layout.ts';
import {
  type ReportChanges,
  type ReportChapter,
  type ReportClaim,
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
import { acceptedShares } from './acceptedShares.ts';
import { commandLine } from './commandLine.ts';
import { VERSION } from './package.ts';
import { figureModels } from './reportFigure.ts';
import { links } from './reportLinks.ts';
import type { Session } from './session.ts';
import type { ClaimResult } from './verdicts.ts';

/** Gathers what the report shows from plan, store and run. */
export function reportModel(
  session: Session,
  records: ReadonlyMap<string, ActionRecord>,
  run: RunRecord,
  files: readonly OutFile[],
  claims: readonly ClaimResult[],
  changes: ReportChanges | null,
): ReportModel {
  const { plan } = session;
  // In the order of the plan: that in which they ended is another one each time.
  const ofRun = new Map(run.actions.map((action) => [action.target, action]));
  const actions = new Map<string, RunAction[]>();
  for (const { target, stage } of session.graph.nodes.values()) {
    const action = ofRun.get(target);
    if (action === undefined) continue;
    const list = actions.get(stage.name);
    if (list === undefined) actions.set(stage.name, [action]);
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
    accepted: acceptedShares(session.storeRoot, run.actions),
    chapters: plan.chapters.map((chapter) => chapterModel(session, records, files, actions, stages, chapter)),
    claims: claims.map((claim) => claimModel(claim, stages, chapterOf.get(claim.id) ?? '')),
    command: commandLine(session),
    changes,
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
  const source = readFileSync(join(session.studyRoot, chapter.file), 'utf8');
  return {
    file: chapter.file,
    title: chapter.title,
    ...(chapter.about !== undefined && { about: chapter.about }),
    source,
    claims: chapter.claims,
    figures: own.flatMap((stage) => figureModels(session, records, files, stage, source)),
    tables: own.flatMap((stage) => tableModels(session, records, files, stage)),
    stages: own.map((stage) => stageModel(stage, actions.get(stage.name) ?? [])),
  };
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
