import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cellTarget } from '../engine/graph.ts';
import type { OutFile } from '../engine/layout.ts';
import type { ReportFigure, ReportSource } from '../report/model.ts';
import type { ActionRecord } from '../store/actions.ts';
import type { PlannedCell, PlannedStage } from '../study/plan.ts';
import { commandLine } from './commandLine.ts';
import { links } from './reportLinks.ts';
import type { Session } from './session.ts';

/** Figures of a stage: its cells that give a drawn picture and the specification behind it. */
export function figureModels(
  session: Session,
  records: ReadonlyMap<string, ActionRecord>,
  files: readonly OutFile[],
  stage: PlannedStage,
  source: string,
): ReportFigure[] {
  const { cas } = session;
  return stage.cells.flatMap((cell) => {
    const name = cellTarget(stage, cell);
    const outputs = records.get(name)?.outputs;
    if (outputs?.svg === undefined || outputs.vl === undefined) return [];
    const spec = JSON.parse(cas.get(outputs.vl.digest).toString('utf8')) as Record<string, unknown>;
    const digests = new Set(Object.values(outputs).map((output) => output.digest));
    const own = files.filter((file) => file.stage === stage.name && digests.has(file.digest));
    const title = textOf(spec.title);
    return [
      {
        name,
        stage: stage.name,
        ...(title !== undefined && { title }),
        ...(typeof spec.description === 'string' && { description: spec.description }),
        spec,
        svg: cas.get(outputs.svg.digest).toString('utf8'),
        files: links(own),
        tables: Object.values(cell.inputs).flatMap((input) =>
          input.from === 'stage' ? [`${input.stage}.${input.output}`] : [],
        ),
        made: [{ file: stage.place.file, text: stageText(source, stage.place) }, ...specTexts(session, cell)],
        command: commandLine(session, name),
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

/** The lines of a study file that declare a stage, from its name on to the next entry, without their indentation. */
export function stageText(source: string, { line, column }: PlannedStage['place']): string {
  const lines = source.split(/\r?\n/).slice(line - 1);
  const end = lines.findIndex((text, at) => at > 0 && text.trim() !== '' && text.search(/\S/) < column);
  const own = end < 0 ? lines : lines.slice(0, end);
  return own
    .map((text) => text.slice(column - 1))
    .join('\n')
    .trimEnd();
}

/** The files that a figure's parameters name: its specification. */
const specTexts = ({ studyRoot }: Session, { files }: PlannedCell): ReportSource[] =>
  Object.values(files).flatMap((file) => {
    try {
      return [{ file, text: readFileSync(join(studyRoot, file), 'utf8') }];
    } catch {
      return []; // removed since: the report is of what was drawn
    }
  });
