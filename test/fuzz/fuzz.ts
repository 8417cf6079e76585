import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';

const HERE = fileURLToPath(new URL('.', import.meta.url));
/** Beside the program's own bundles, from where packages are found. */
const BUNDLE = fileURLToPath(new URL('../../dist/fuzz/worker.mjs', import.meta.url));

/** No input is worked on for longer: what takes a second on an idle machine may take a minute on one with much else to do. */
const LONGEST_MS = 50_000;
/** Heap of the thread that takes the inputs, and what the whole process may grow by. */
const MOST_MIB = 512;
const MOST_GROWTH = 1.5 * 2 ** 30;

export const TARGETS = readdirSync(join(HERE, 'corpus')).sort();

export async function bundleWorker(): Promise<void> {
  mkdirSync(join(BUNDLE, '..'), { recursive: true });
  await build({
    entryPoints: [join(HERE, 'worker.ts')],
    outfile: BUNDLE,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
}

interface Extent {
  /** Inputs of a target of share 1. */
  readonly runs: number;
  readonly seed: number;
  /** Whether what is made large on purpose is among them. */
  readonly large: boolean;
}

/**
 * Feeds a target in a thread of bounded memory, under a watch. Resolves with the number of inputs that it took, and
 * rejects with the input on which it broke, hung, or asked for too much.
 */
export function fuzz(name: string, { runs, seed, large }: Extent): Promise<number> {
  const folder = join(HERE, 'corpus', name);
  const files = readdirSync(folder).sort();
  const read = (file: string): Uint8Array => new Uint8Array(readFileSync(join(folder, file)));
  // What is made large on purpose is taken as it is: mutated it would be as large, and tell nothing more.
  const corpus = files.filter((file) => !file.startsWith('large-')).map(read);
  const largeOnes = large ? files.filter((file) => file.startsWith('large-')).map(read) : [];
  const step = new Int32Array(new SharedArrayBuffer(4));
  const started = process.memoryUsage.rss();
  const worker = new Worker(BUNDLE, {
    workerData: { name, corpus, large: largeOnes, runs, seed, step },
    resourceLimits: { maxOldGenerationSizeMb: MOST_MIB },
  });
  return new Promise((resolve, reject) => {
    let last: Uint8Array = new Uint8Array();
    let seen = { step: -1, since: 0 };
    const fail = (how: string, input = last): void => {
      clearInterval(watch);
      void worker.terminate();
      const shown = `${Buffer.from(input).toString('base64').slice(0, 4000)}`;
      reject(
        new Error(
          `${name}, input ${step[0]} of seed ${seed}: ${how}\n${JSON.stringify(Buffer.from(input).toString('utf8').slice(0, 500))}\nbase64 ${shown}`,
        ),
      );
    };
    const watch = setInterval(() => {
      const now = performance.now();
      if (step[0] !== seen.step) seen = { step: step[0], since: now };
      else if (now - seen.since > LONGEST_MS) fail('it is still at it');
      if (process.memoryUsage.rss() - started > MOST_GROWTH) fail('it takes too much memory');
    }, 50);
    worker.on('error', (error) => fail(String(error.stack ?? error)));
    worker.on('message', (message) => {
      if ('input' in message) last = message.input;
      else if ('finding' in message) fail(message.finding.error, message.finding.input);
      else {
        clearInterval(watch);
        void worker.terminate();
        resolve(message.done);
      }
    });
  });
}
