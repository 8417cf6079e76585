// One DAG for several tools: N cells that each write one line, and a join of them all. Each tool says how its folder is
// made, how one cell is changed, and what is called.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DRIFTLINE = fileURLToPath(new URL('../bin/driftline', import.meta.url));
const JOBS = String(cpus().length);

/** The cell that changes, and what it says in a round; 0 is before any change. */
const CHANGED = 5;
const numbers = (cells) => Array.from({ length: cells }, (_, at) => at + 1);
const said = (i, round) => (i === CHANGED && round > 0 ? `${i} in round ${round}` : `${i}`);
const outputs = (cells) => numbers(cells).map((i) => `out/${i}`);

const CELL = `import { Type } from '@sinclair/typebox';
import { defineStage, table } from 'driftline/stage';
export default defineStage({
  summary: 'One number',
  params: Type.Object({ i: Type.Integer() }),
  inputs: {},
  outputs: { row: table({ value: 'float64' }) },
  async run({ params }) { return { row: { value: Float64Array.of(params.i) } }; },
});
`;

/** A round's cells are numbered one further, so that one of them is new. */
const pipeline = (cells, round) => `driftline: 1
study: Trivial cells
stages:
  cells: { uses: cell, matrix: { i: ${1 + round}..${cells + round} }, with: { i: "\${matrix.i}" } }
  joined: { uses: join, inputs: { rows: cells.row }, with: { verbs: [{ filter: "d => d.value > 0" }] } }
`;

const ninja = (cells, round) => `rule cell
  command = echo $says > $out
rule join
  command = xargs cat < $out.rsp > $out
  rspfile = $out.rsp
  rspfile_content = $in_newline
${numbers(cells)
  .map((i) => `build out/${i}: cell\n  says = ${said(i, round)}\n`)
  .join('')}build joined: join ${outputs(cells).join(' ')}
`;

const makefile = (cells, round) => `joined: ${outputs(cells).join(' ')}
\t$(file >joined.rsp,$^)
\t@xargs cat < joined.rsp > $@
${numbers(cells)
  .map((i) => `out/${i}:\n\t@echo ${said(i, round)} > $@\n`)
  .join('')}`;

const snakefile = (cells) => `rule joined:
    input: expand("out/{i}", i=range(1, ${cells + 1}))
    output: "joined"
    shell: "cat {input} > {output}"
rule cell:
    output: "out/{i}"
    shell: "echo {wildcards.i} > {output}"
`;

/** These two do not see that a command changed (Snakemake: of one wildcard's value), so the output is taken away. */
const takeAway = (folder) => rmSync(join(folder, 'out', String(CHANGED)), { force: true });

export const TOOLS = [
  {
    name: 'driftline',
    command: process.execPath,
    run: [DRIFTLINE, 'run', '--jobs', JOBS],
    status: [DRIFTLINE, 'status'],
    most: Number.POSITIVE_INFINITY,
    write(folder, cells) {
      mkdirSync(join(folder, 'stages'));
      writeFileSync(join(folder, 'stages', 'cell.ts'), CELL);
      writeFileSync(join(folder, 'pipeline.yaml'), pipeline(cells, 0));
    },
    change: (folder, cells, round) => writeFileSync(join(folder, 'pipeline.yaml'), pipeline(cells, round)),
  },
  {
    name: 'ninja',
    command: 'ninja',
    run: ['-j', JOBS, '--quiet'],
    most: Number.POSITIVE_INFINITY,
    write: (folder, cells) => writeFileSync(join(folder, 'build.ninja'), ninja(cells, 0)),
    change: (folder, cells, round) => writeFileSync(join(folder, 'build.ninja'), ninja(cells, round)),
  },
  {
    name: 'make',
    command: 'make',
    run: ['-j', JOBS, '-s'],
    most: Number.POSITIVE_INFINITY,
    write(folder, cells) {
      mkdirSync(join(folder, 'out'));
      writeFileSync(join(folder, 'Makefile'), makefile(cells, 0));
    },
    change(folder, cells, round) {
      writeFileSync(join(folder, 'Makefile'), makefile(cells, round));
      takeAway(folder);
    },
  },
  {
    name: 'snakemake',
    command: 'snakemake',
    run: ['--cores', JOBS, '--quiet', 'all'],
    most: 1000, // more takes longer than anybody waits
    rounds: 1,
    write: (folder, cells) => writeFileSync(join(folder, 'Snakefile'), snakefile(cells)),
    change: takeAway,
  },
];
