import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure } from '../../engine/events.ts';
import { RUNTIME } from '../../engine/key.ts';
import { type Missed, missedBy, packageWords } from '../../engine/kindNeeds.ts';
import type { ActionFile } from './batch.ts';

/** Milliseconds between two looks at what another machine may just have written, or an installation is about to. */
const LOOK_MS = 500;

/** Whether the code of a job's actions is here what their keys name. */
export interface Fitness {
  /** Of those bundles nothing can be run here. */
  readonly failures: ReadonlyMap<string, Failure>;
  /** Some bundle was not seen as it was written: the job is for another time, or place. */
  readonly blind: boolean;
}

/**
 * Looks whether the bundles of a job's kinds are there, and the packages that these import are those of the keys: both were
 * looked at when the job was submitted, and the job may start days later. Waits so many milliseconds for it.
 */
export async function fitnessFor({ runtime, kinds }: ActionFile, patience: number): Promise<Fitness> {
  if (runtime !== RUNTIME)
    return { failures: new Map(Object.keys(kinds).map((bundle) => [bundle, otherNode(runtime)])), blind: false };
  for (const started = performance.now(); ; await sleep(LOOK_MS)) {
    const missed = Object.entries(kinds).map(([bundle, needs]) => [bundle, missedBy(bundle, needs)] as const);
    const unfit = missed.filter(([, one]) => one.bundle || one.packages.length > 0);
    if (unfit.length > 0 && performance.now() - started < patience) continue;
    return {
      failures: new Map(unfit.flatMap(([bundle, one]) => (one.bundle ? [] : [[bundle, otherPackages(one)]]))),
      blind: unfit.some(([, one]) => one.bundle),
    };
  }
}

const otherNode = (runtime: string): Failure => ({
  kind: 'other-code',
  message: `its job found ${RUNTIME} where ${runtime} is meant; executor: { node: … } names the program to use`,
});

const otherPackages = ({ packages }: Missed): Failure => ({
  kind: 'other-code',
  message: `packages were changed while its job was queued: ${packageWords(packages)}. Run again`,
});
