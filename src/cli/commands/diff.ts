import { dirname, resolve } from 'node:path';
import { type Comparison, compareSides, isSame } from '../../compare/compare.ts';
import { type Side, sideOfRun, sideOfStudy } from '../../compare/side.ts';
import { ActionLog } from '../../store/actions.ts';
import { Cas } from '../../store/cas.ts';
import { allTags } from '../../store/tags.ts';
import { printComparison } from '../comparison.ts';
import { CliError, EXIT } from '../exit.ts';
import { runNamed } from '../runName.ts';
import { forecastSession, openSession, type StudyOptions } from '../session.ts';
import { storeOf } from '../storeFolder.ts';
import { tagsByRun } from './tag.ts';

export interface DiffOptions extends StudyOptions {
  readonly all?: boolean;
  readonly stage: readonly string[];
  readonly exitCode?: boolean;
  readonly json?: boolean;
}

/** `driftline diff [runA] [runB]`: of the last two runs, of a run and the study as it is, or of any two runs. */
export async function diffCommand(a: string | undefined, b: string | undefined, options: DiffOptions): Promise<number> {
  const storeRoot = storeOf(dirname(resolve(options.file)));
  const from = sideOfRun(runNamed(storeRoot, a ?? 'last~1', options.profile));
  const to =
    a !== undefined && b === undefined
      ? await studyAsItIs(from, options)
      : sideOfRun(runNamed(storeRoot, b ?? 'last', options.profile));
  checkStages([from, to], options.stage);
  const only = options.stage.length === 0 ? undefined : (stage: string): boolean => options.stage.includes(stage);
  const archive = { log: new ActionLog(storeRoot, 'diff'), cas: new Cas(storeRoot) };
  const comparison = compareSides(from, to, archive, only);
  const tags = tagsByRun(allTags(storeRoot));
  const [left, right] = [from, to].map(({ run, startedAt, profile, study }) => ({
    run,
    startedAt,
    profile,
    targets: study?.targets ?? [],
    tags: tags.get(run ?? '') ?? [],
  }));
  const same = isSame(comparison);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ from: left, to: right, same, ...comparison }, null, 2)}\n`);
  } else printComparison(left, right, comparison, options.all === true);
  return options.exitCode && !(same && isWhole(comparison)) ? EXIT.stageFailed : EXIT.done;
}

const isWhole = ({ incomparable }: Comparison): boolean => incomparable.length === 0;

/** Unless told otherwise, under the profile of the run that it is compared with. */
async function studyAsItIs(run: Side, { file, set, profile = run.profile ?? undefined }: DiffOptions): Promise<Side> {
  const session = await openSession({ file, set, ...(profile !== undefined && { profile }) });
  const forecasts = forecastSession(session, session.graph.select());
  session.stats.save();
  return sideOfStudy(session.plan, forecasts);
}

function checkStages(sides: readonly Side[], names: readonly string[]): void {
  const known = new Set(
    sides.flatMap(({ study }) => Object.keys(study?.stages ?? {}).map((name) => name.replace(/^claim:/, ''))),
  );
  const wrong = names.find((name) => !known.has(name));
  if (wrong === undefined || sides.some(({ study }) => study === undefined)) return;
  throw new CliError(`Neither side has a stage or claim "${wrong}".`);
}
