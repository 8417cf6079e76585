import type { KeyManifest } from '../engine/key.ts';
import { compareCodePoints } from '../store/canonical.ts';
import { type LeafChange, leafChanges } from './leaves.ts';
import type { Results } from './results.ts';
import { targetParts } from './target.ts';

/** In what two sides were asked for different things. */
export interface SettingsDifference {
  /** Undefined where a journal does not say what the parameters were. */
  readonly params: readonly LeafChange[] | undefined;
  /** Profile, seed of the study, and version of Node. */
  readonly study: readonly LeafChange[];
  readonly addedStages: readonly string[];
  readonly removedStages: readonly string[];
  readonly stages: readonly StageSettings[];
}

/** In what a stage that both sides have was told different things. */
export interface StageSettings {
  readonly stage: string;
  readonly addedCells: readonly string[];
  readonly removedCells: readonly string[];
  /** Cells that both sides have. */
  readonly cells: number;
  /** Changes of parameters, of files that they name (by content), and of the number of replicates. */
  readonly changes: readonly CellsChange[];
}

/** A change, and in how many cells it is the same. */
export type CellsChange = LeafChange & { readonly cells: number };

interface Cell {
  readonly manifest: KeyManifest;
  readonly replicates: number;
}

export function compareSettings(a: Results, b: Results, stages: readonly string[]): SettingsDifference {
  const [left, right] = [cellsOf(a), cellsOf(b)];
  const sides = [a.side, b.side].map(({ profile, study }) => ({
    profile,
    ...(study !== undefined && { seed: study.seed }),
  }));
  const known = a.side.study !== undefined && b.side.study !== undefined;
  const node = leafChanges({ node: runtimeOf(left) }, { node: runtimeOf(right) });
  return {
    params: known ? leafChanges(a.side.study!.params, b.side.study!.params) : undefined,
    study: [...leafChanges(sides[0], sides[1]), ...node].filter(({ path }) => known || path !== 'seed'),
    addedStages: stages.filter((stage) => !a.has(stage) && b.has(stage)),
    removedStages: stages.filter((stage) => a.has(stage) && !b.has(stage)),
    stages: stages
      .filter((stage) => a.has(stage) && b.has(stage))
      .flatMap((stage) => stageSettings(stage, left.get(stage), right.get(stage)) ?? []),
  };
}

type Cells = ReadonlyMap<string, Cell>;

/** Each stage's cells, with what they were told. */
function cellsOf(results: Results): Map<string, Map<string, Cell>> {
  const stages = new Map<string, Map<string, Cell>>();
  for (const target of results.side.keys.keys()) {
    const parts = targetParts(target);
    const manifest = results.manifest(target);
    if (parts === undefined || parts.output !== undefined || manifest === undefined) continue;
    const cells = stages.get(parts.stage) ?? new Map<string, Cell>();
    stages.set(parts.stage, cells);
    const before = cells.get(parts.cell);
    const replicates = (before?.replicates ?? 0) + (parts.replicate === undefined ? 0 : 1);
    // What combines the replicates is told all that they are, and more.
    const told = before === undefined || parts.replicate === undefined ? manifest : before.manifest;
    cells.set(parts.cell, { manifest: told, replicates });
  }
  return stages;
}

function runtimeOf(stages: ReadonlyMap<string, Cells>): string | undefined {
  for (const cells of stages.values()) for (const { manifest } of cells.values()) return manifest.runtime;
  return undefined;
}

/** Undefined where there is no difference, or nothing to compare on a side. */
function stageSettings(stage: string, a: Cells | undefined, b: Cells | undefined): StageSettings | undefined {
  if (a === undefined || b === undefined) return undefined;
  const addedCells = [...b.keys()].filter((cell) => !a.has(cell)).sort(compareCodePoints);
  const removedCells = [...a.keys()].filter((cell) => !b.has(cell)).sort(compareCodePoints);
  const common = [...a.keys()].filter((cell) => b.has(cell));
  const changes = grouped(common.flatMap((cell) => leafChanges(told(a.get(cell)!), told(b.get(cell)!))));
  if (addedCells.length + removedCells.length + changes.length === 0) return undefined;
  return { stage, addedCells, removedCells, cells: common.length, changes };
}

function told({ manifest, replicates }: Cell): Readonly<Record<string, unknown>> {
  // A program's own files are its code.
  const files = Object.entries(manifest.files).filter(([pointer]) => !pointer.startsWith('/code/'));
  return { with: manifest.params, ...(files.length > 0 && { files: Object.fromEntries(files) }), replicates };
}

function grouped(changes: readonly LeafChange[]): CellsChange[] {
  const groups = new Map<string, { change: LeafChange; cells: number }>();
  for (const change of changes) {
    const name = JSON.stringify([change.path, change.from, change.to]);
    const group = groups.get(name) ?? { change, cells: 0 };
    group.cells++;
    groups.set(name, group);
  }
  return [...groups.values()]
    .map(({ change, cells }) => ({ ...change, cells }))
    .sort((x, y) => compareCodePoints(x.path, y.path) || y.cells - x.cells);
}
