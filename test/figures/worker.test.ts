import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { bundleKind } from '../../src/engine/bundle.ts';
import figure from '../../stages/figure.ts';
import { given } from '../stages/given.ts';
import { rows, spec } from './plainSpec.ts';

const formats = ['svg', 'png', 'pdf', 'html'] as ('svg' | 'png' | 'pdf' | 'html')[];
const context = given(
  { spec: 'tails.vl.yaml', formats },
  { rows },
  { '/spec': new TextEncoder().encode(JSON.stringify(spec)) },
);
const { params, inputs, files } = context;

const digests = (outputs: Readonly<Record<string, Uint8Array>>): Record<string, string> =>
  Object.fromEntries(
    Object.keys(outputs)
      .sort()
      .map((name) => [name, createHash('sha256').update(outputs[name]).digest('hex')]),
  );

const inWorker = (bundle: string): Promise<Record<string, Uint8Array>> =>
  new Promise((done, failed) => {
    const code = `
      const { parentPort, workerData } = require('node:worker_threads');
      import(workerData.bundle)
        .then((kind) => kind.default.run(workerData.context))
        .then((outputs) => parentPort.postMessage(outputs));`;
    const worker = new Worker(code, { eval: true, workerData: { bundle, context: { params, inputs, files } } });
    worker.once('message', done).once('error', failed);
  });

it('gives the same bytes in worker threads, from a bundle stored elsewhere', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-figure-'));
  try {
    const { code } = await bundleKind(resolve('stages/figure.ts'), resolve('.'), resolve('.'));
    const path = join(folder, 'figure.mjs');
    writeFileSync(path, code);
    const bundle = pathToFileURL(path).href;
    const [one, two] = await Promise.all([inWorker(bundle), inWorker(bundle)]);
    const here = digests((await figure.run(context)) as Record<string, Uint8Array>);
    expect(Object.keys(here)).toEqual(['html', 'pdf', 'png', 'svg', 'vl']);
    expect(digests(one)).toEqual(here);
    expect(digests(two)).toEqual(here);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
