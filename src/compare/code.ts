import { compareCodePoints, type Digest } from '../store/canonical.ts';
import { type LeafChange, leafChanges } from './leaves.ts';
import type { Results } from './results.ts';
import { targetParts } from './target.ts';

/** Code that is not the same on both sides, and the stages that it is of. */
export interface CodeDifference {
  readonly stages: readonly string[];
  /** Source files that differ, are new or are gone; empty where what explained the code is gone from the store. */
  readonly files: readonly string[];
  readonly packages: readonly LeafChange[];
}

/** Stages of both sides whose code differs. One change of a file that many stages share is told once. */
export function compareCode(a: Results, b: Results, stages: readonly string[]): CodeDifference[] {
  const [left, right] = [codesOf(a), codesOf(b)];
  const groups = new Map<string, { stages: string[]; difference: Omit<CodeDifference, 'stages'> }>();
  for (const stage of stages) {
    const [from, to] = [left.get(stage), right.get(stage)];
    if (from === undefined || to === undefined) continue;
    const programs = changedNames(from.files, to.files);
    if (from.code === to.code && programs.length === 0) continue;
    const kind = kindChanges(a, b, from.code, to.code);
    const difference = { files: [...kind.files, ...programs], packages: kind.packages };
    const name = JSON.stringify([from.code, to.code, difference]);
    const group = groups.get(name) ?? { stages: [], difference };
    group.stages.push(stage);
    groups.set(name, group);
  }
  return [...groups.values()].map((group) => ({ stages: group.stages, ...group.difference }));
}

function kindChanges(a: Results, b: Results, from: Digest, to: Digest): Omit<CodeDifference, 'stages'> {
  const [before, after] = [a.explanation(from), b.explanation(to)];
  if (from === to || before === undefined || after === undefined) return { files: [], packages: [] };
  return {
    files: changedNames(before.sources, after.sources),
    packages: leafChanges(before.packages, after.packages),
  };
}

interface StageCode {
  readonly code: Digest;
  /** A program's own files. */
  readonly files: Readonly<Record<string, Digest>>;
}

function codesOf(results: Results): Map<string, StageCode> {
  const codes = new Map<string, StageCode>();
  for (const target of results.side.keys.keys()) {
    const parts = targetParts(target);
    if (parts === undefined || parts.output !== undefined || codes.has(parts.stage)) continue;
    const manifest = results.manifest(target);
    if (manifest === undefined) continue;
    const files = Object.entries(manifest.files).flatMap(([pointer, digest]) =>
      pointer.startsWith('/code/') ? [[pointer.slice('/code/'.length), digest] as const] : [],
    );
    codes.set(parts.stage, { code: manifest.code, files: Object.fromEntries(files) });
  }
  return codes;
}

const changedNames = (a: Readonly<Record<string, Digest>>, b: Readonly<Record<string, Digest>>): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]).sort(compareCodePoints);
