import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const BIN = fileURLToPath(new URL('../../bin/driftline', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A study's folder, and the real command line in it. */
export class TemporaryStudy {
  readonly root: string;

  constructor(root: string, files: Readonly<Record<string, string>> = {}) {
    this.root = root;
    this.write(files);
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), text);
    }
  }

  start(args: readonly string[], more: Readonly<Record<string, string>> = {}, program = BIN): ChildProcess {
    const { NODE_EXTRA_CA_CERTS: _, FORCE_COLOR: __, ...own } = process.env;
    const env = { ...own, ...more };
    return spawn(process.execPath, [program, ...args], { cwd: this.root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  driftline(...args: readonly string[]): Promise<Ended> {
    return ending(this.start(args));
  }

  /** The command line of another installation. */
  driftlineAt(program: string, ...args: readonly string[]): Promise<Ended> {
    return ending(this.start(args, {}, program));
  }
}

export function ending(child: ChildProcess): Promise<Ended> {
  let out = '';
  let err = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

export const events = (ndjson: string): ({ type: string; target: string } & Record<string, unknown>)[] =>
  ndjson
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

/** A kind of the study's own, outside this package: typed by it, and free of it when it runs. */
export const SQUARES = `
import { Type } from '@sinclair/typebox';
import { defineStage, table } from 'driftline/stage';

export default defineStage({
  summary: 'Squares of the first numbers',
  params: Type.Object(
    { n: Type.Integer({ minimum: 1 }), offset: Type.Number({ default: 0 }), slow: Type.Optional(Type.Boolean()) },
    { additionalProperties: false },
  ),
  inputs: {},
  outputs: { rows: table({ i: 'int32', square: 'float64' }) },
  check: ({ n }) => (n === 13 ? [{ path: '/n', message: 'thirteen brings bad luck' }] : []),
  async run({ params: { n, offset, slow }, signal }) {
    if (slow) await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
    const i = Array.from({ length: n }, (_, at) => at);
    return { rows: { i, square: i.map((k) => k * k + offset) } };
  },
});
`;

export const SMALL = {
  'pipeline.yaml': `driftline: 1
study: Squares
include: [parts/*.yaml]
params: { n: 3, offset: 0 }
profiles: { large: { params: { n: 5 } } }
`,
  'parts/squares.yaml': `title: Squares
stages:
  squares:
    uses: squares
    matrix: { scale: [1, 2] }
    with: { n: "\${params.n}", offset: "\${matrix.scale}" }
  other:
    uses: squares
    with: { n: 2, offset: "\${params.offset}" }
  sums:
    uses: join
    inputs: { rows: squares.rows }
    with: { verbs: [{ groupby: [scale] }, { rollup: { sum: "d => op.sum(d.square)" } }] }
claims:
  positive:
    says: All sums are positive
    source: A source whose name is a good deal longer than twenty-four characters
    test: { rows: sums.table, every: "d => d.sum > 0" }
  large:
    says: All sums are large
    test: { rows: sums.table, every: "d => d.sum > 1000" }
`,
  'stages/squares.ts': SQUARES,
};
