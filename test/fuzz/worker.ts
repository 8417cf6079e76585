import { parentPort, workerData } from 'node:worker_threads';
import fc from 'fast-check';
import { inputs } from './inputs.ts';
import { otherTargets } from './otherTargets.ts';
import { pageTargets } from './pageTargets.ts';
import { storeTargets } from './storeTargets.ts';
import { studyTargets } from './studyTargets.ts';
import { tableTargets } from './tableTargets.ts';
import type { Finding, Target } from './target.ts';

/** Feeds one target: its corpus first, then what is made of it. Tells of every input before it is taken. */
const { name, corpus, large, runs, seed, step } = workerData as {
  name: string;
  corpus: readonly Uint8Array[];
  large: readonly Uint8Array[];
  /** Inputs of a target of share 1. */
  runs: number;
  seed: number;
  /** Which input is being taken. */
  step: Int32Array;
};

const targets = [...studyTargets, ...tableTargets, ...storeTargets, ...otherTargets, ...pageTargets];
const target: Target = targets.find((one) => one.name === name)!;

async function take(input: Uint8Array): Promise<Finding | undefined> {
  try {
    await target.take(input);
    return undefined;
  } catch (error) {
    const { name: kind, stack } = error as Error;
    if (target.refuses.includes(kind) && (error as Error).message !== '') return undefined;
    return { target: name, input, error: stack ?? String(error) };
  }
}

const made = fc.sample(inputs(target.words, corpus), { seed, numRuns: runs * target.share });
const all = [...corpus, ...large, ...made];
for (let i = 0; i < all.length; i++) {
  Atomics.store(step, 0, i);
  parentPort!.postMessage({ input: all[i] });
  const finding = await take(all[i]);
  if (finding !== undefined) {
    parentPort!.postMessage({ finding });
    break;
  }
}
parentPort!.postMessage({ done: all.length });
