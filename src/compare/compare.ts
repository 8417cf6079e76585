import { compareCodePoints } from '../store/canonical.ts';
import { decodeArrow } from '../tables/arrow.ts';
import { type ClaimDifference, compareClaim } from './claims.ts';
import { type CodeDifference, compareCode } from './code.ts';
import { compareSpecs, type FigureDifference } from './figures.ts';
import { judge } from './judge.ts';
import { type Archive, type Missing, Results } from './results.ts';
import { compareSettings, type SettingsDifference } from './settings.ts';
import { type Side, stagesOf } from './side.ts';
import { axesOf, judgedTable, type TableChanges, type TableDifference, tableChanges } from './tables.ts';
import { targetParts } from './target.ts';

/** In what two sides differ, and what could not be compared. */
export interface Comparison {
  readonly settings: SettingsDifference;
  readonly code: readonly CodeDifference[];
  readonly claims: readonly ClaimDifference[];
  /** Claims whose tests gave the same on both sides. */
  readonly sameClaims: number;
  readonly tables: readonly TableDifference[];
  /** Gathered tables of the same bytes on both sides. */
  readonly sameTables: readonly string[];
  /** Tables that the stages of one side alone give. */
  readonly addedTables: readonly string[];
  readonly removedTables: readonly string[];
  readonly figures: readonly FigureDifference[];
  readonly sameFigures: readonly string[];
  readonly incomparable: readonly Incomparable[];
}

/** A result of stages that both sides have which is not there on one of them, or on both. */
export interface Incomparable {
  readonly target: string;
  readonly from?: Missing;
  readonly to?: Missing;
}

/**
 * Compares what two runs left: what they were asked, by which code, and what came out of it. `diff(b, a)` is
 * `diff(a, b)` with from and to exchanged.
 * @param only stages that are compared, claims by their id; undefined: all
 * @throws {BlobError} for a result whose bytes are not what was stored
 */
export function compareSides(a: Side, b: Side, archive: Archive, only?: (stage: string) => boolean): Comparison {
  const manifests = archive.log.manifests();
  const left = new Results(a, archive, manifests);
  const right = new Results(b, archive, manifests);
  const all = [...new Set([...stagesOf(a), ...stagesOf(b)])].sort(compareCodePoints);
  const wanted = all.filter((stage) => only?.(stage.replace(/^claim:/, '')) ?? true);
  const stages = wanted.filter((stage) => !stage.startsWith('claim:'));
  const ids = wanted.filter((stage) => stage.startsWith('claim:')).map((stage) => stage.slice('claim:'.length));
  const common = new Set(stages.filter((stage) => left.has(stage) && right.has(stage)));
  const incomparable: Incomparable[] = [];
  const claims = ids.flatMap((id) => compareClaim(id, left, right) ?? []);
  const untested = ids.flatMap((id) => missing(`claim:${id}`, 'verdict', left, right) ?? []);
  const tested = ids.filter((id) => [left, right].every((side) => 'digest' in side.output(`claim:${id}`, 'verdict')));
  incomparable.push(...untested);
  return {
    settings: compareSettings(left, right, stages),
    code: compareCode(left, right, wanted),
    claims,
    sameClaims: tested.filter((id) => !claims.some((claim) => claim.id === id)).length,
    ...compareTables(left, right, common, incomparable),
    ...compareFigures(left, right, common, incomparable),
    incomparable,
  };
}

/** Whether nothing differs in what could be compared. */
export const isSame = ({ settings, code, claims, figures, ...rest }: Comparison): boolean =>
  (settings.params?.length ?? 0) + settings.study.length === 0 &&
  settings.addedStages.length + settings.removedStages.length + settings.stages.length === 0 &&
  code.length + claims.length + figures.length === 0 &&
  rest.tables.length + rest.addedTables.length + rest.removedTables.length === 0;

/** Why an output cannot be compared; undefined where it can, or where no side ever had it. */
function missing(target: string, output: string, a: Results, b: Results): Incomparable | undefined {
  const [from, to] = [a, b].map((side) => {
    const found = side.output(target, output);
    return 'missing' in found ? found.missing : undefined;
  });
  if (from === undefined && to === undefined) return undefined;
  // What the study of a side does not have is no gap: it was added, or removed.
  if ((from === undefined || from === 'absent') && (to === undefined || to === 'absent')) return undefined;
  return { target, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

/** The targets of both sides that `isOne` holds for, in order. */
function targetsOf(a: Results, b: Results, isOne: (target: string) => boolean): string[] {
  const all = new Set([a, b].flatMap(({ side }) => [...side.keys.keys(), ...side.failed]));
  return [...all].filter(isOne).sort(compareCodePoints);
}

function compareTables(
  a: Results,
  b: Results,
  stages: ReadonlySet<string>,
  incomparable: Incomparable[],
): Pick<Comparison, 'tables' | 'sameTables' | 'addedTables' | 'removedTables'> {
  const [sameTables, addedTables, removedTables]: string[][] = [[], [], []];
  const changed: TableChanges[] = [];
  // Parts of a stage's cells are gathered for one reader: all of them are in the whole.
  const targets = targetsOf(a, b, (target) => {
    const parts = targetParts(target);
    return parts?.output !== undefined && parts.cell === '' && stages.has(parts.stage);
  });
  for (const target of targets) {
    const [from, to] = [a, b].map((side) => side.output(target, 'table'));
    if ('missing' in from || 'missing' in to) {
      const gap = missing(target, 'table', a, b);
      // A table that all cells of one side left out is no gap on the other.
      if (gap !== undefined && gap.from !== 'absent' && gap.to !== 'absent') incomparable.push(gap);
      else if ('digest' in to) addedTables.push(target);
      else if ('digest' in from) removedTables.push(target);
    } else if (from.digest === to.digest) sameTables.push(target);
    else {
      const [x, y] = [decodeArrow(a.bytes(from.digest), target), decodeArrow(b.bytes(to.digest), target)];
      changed.push(tableChanges(target, x, y, [a, b]));
    }
  }
  const judgements = judge(changed.flatMap(({ changes }) => changes));
  let at = 0;
  const tables = changed.map((one) => {
    at += one.changes.length;
    return judgedTable(one, judgements.slice(at - one.changes.length, at));
  });
  return { tables, sameTables, addedTables, removedTables };
}

function compareFigures(
  a: Results,
  b: Results,
  stages: ReadonlySet<string>,
  incomparable: Incomparable[],
): Pick<Comparison, 'figures' | 'sameFigures'> {
  const sameFigures: string[] = [];
  const figures: FigureDifference[] = [];
  const axes = new Set([...axesOf(a), ...axesOf(b)]);
  const specOf = (stage: string): string | undefined =>
    a.side.study?.stages[stage]?.figure ?? b.side.study?.stages[stage]?.figure;
  const targets = targetsOf(a, b, (target) => {
    const parts = targetParts(target);
    if (parts === undefined || parts.output !== undefined || parts.replicate !== undefined) return false;
    return stages.has(parts.stage) && specOf(parts.stage) !== undefined;
  });
  for (const target of targets) {
    const output = specOf(targetParts(target)!.stage)!;
    const [from, to] = [a, b].map((side) => side.output(target, output));
    if ('missing' in from || 'missing' in to) {
      const gap = missing(target, output, a, b);
      if (gap !== undefined) incomparable.push(gap);
      continue;
    }
    const same = from.digest === to.digest;
    const { spec, data } = same ? { spec: [], data: [] } : compareSpecs(a.bytes(from.digest), b.bytes(to.digest), axes);
    const drawnOtherwise = spec.length + data.length === 0 ? otherFiles(target, a, b) : [];
    if (spec.length + data.length + drawnOtherwise.length === 0) sameFigures.push(target);
    else figures.push({ figure: target, spec, data, drawnOtherwise });
  }
  return { figures, sameFigures };
}

/** Outputs that both sides have with other bytes. */
function otherFiles(target: string, a: Results, b: Results): string[] {
  const [left, right] = [a.record(target)?.outputs ?? {}, b.record(target)?.outputs ?? {}];
  return Object.keys(left)
    .filter((name) => right[name] !== undefined && left[name].digest !== right[name].digest)
    .sort(compareCodePoints);
}
