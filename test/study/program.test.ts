import { expect, test } from 'vitest';
import { HEAD, planOf, problemsOf } from './fixture.ts';

test('a program with its files, inputs, outputs and cells', async () => {
  const { stages } = await planOf({
    'pipeline.yaml': `${HEAD}params: { tol: 1e-3 }\ninclude: [experiments/*.yaml]\n`,
    'experiments/one.yaml': `stages:
  rows: { uses: join }
  fit:
    run: [python3, fit.py, --tol, "\${params.tol}", "--c=\${matrix.C}", "\${inputs.rows}", "out=\${outputs.fit}", "$\${HOME}"]
    matrix: { C: [2, 3] }
    inputs: { rows: rows.table }
    outputs: { fit: { path: fit.csv, columns: { x: float64 } }, all: all.arrow, log: log.json }
    code: [lib/helpers.py]
    env: { THREADS: 2 }
    formats: { rows: arrow }
  count: { run: "wc -l experiments/fit.py > \${outputs.n}", shell: true, outputs: { n: n.txt } }
`,
    'experiments/fit.py': '',
    'experiments/lib/helpers.py': '',
  });
  expect(stages[1].cells[1]).toEqual({
    id: 'C=3',
    axes: { C: 3 },
    params: {},
    files: {},
    inputs: { rows: { from: 'stage', stage: 'rows', output: 'table' } },
    program: {
      argv: [
        'python3',
        'experiments/fit.py',
        '--tol',
        '0.001',
        '--c=3',
        '${inputs.rows}',
        'out=${outputs.fit}',
        '${HOME}',
      ],
      shell: false,
      code: ['experiments/fit.py', 'experiments/lib/helpers.py'],
      formats: { rows: 'arrow' },
      outputs: { fit: 'fit.csv', all: 'all.arrow', log: 'log.json' },
      env: { THREADS: '2' },
    },
  });
  expect(stages[1]).toMatchObject({
    uses: 'driftline:run',
    outputs: {
      fit: { type: 'table', schema: { x: 'float64' } },
      all: { type: 'table' },
      log: { type: 'file', extension: 'json' },
    },
  });
  expect(stages[2].cells[0].program).toMatchObject({
    argv: ['wc -l experiments/fit.py > ${outputs.n}'],
    shell: true,
    code: ['experiments/fit.py'],
  });
});

test('what is wrong with programs', async () =>
  expect(
    await problemsOf(`stages:
  a: { run: python3 x, outputs: { o: o.csv } }
  b: { run: [], outputs: { o: o.csv } }
  c: { run: [x, "\${inputs.row}", "\${outputs.p}"], inputs: { rows: a.o }, outputs: { o: o.csv } }
  d: { run: [x] }
  e: { run: [x, [y]], outputs: { o: ../o.csv, p: p.csv, q: p.csv, r: { path: r.txt, columns: { x: f64 } }, s: { path: s.csv, columns: { x: float46 } } } }
  f: { run: [x], uses: join, outputs: {} }
  g: { run: [x], with: {}, outputs: { o: o.csv }, shel: true, replicates: 2 }
  h: { run: [x], outputs: { o: o.csv }, code: [missing.py], env: { A-B: 1, C: [1] }, formats: { row: csv }, shell: 1 }
  i: { uses: join, env: {} }
  j: { run: [x], shell: true, outputs: { o: o.csv } }
`),
  ).toMatchInlineSnapshot(`
    "
    pipeline.yaml:4:13: \`run\` is "python3 x"
      4 |   a: { run: python3 x, outputs: { o: o.csv } }
        |             ^^^^^^^^^
      expected a list such as [python3, fit.py, "\${inputs.rows}"]; or \`shell: true\`

    pipeline.yaml:5:13: \`run\` names no program
      5 |   b: { run: [], outputs: { o: o.csv } }
        |             ^^
      expected a list such as [python3, fit.py, "\${inputs.rows}"]

    pipeline.yaml:6:18: unknown input "row"
      6 |   c: { run: [x, "\${inputs.row}", "\${outputs.p}"], inputs: { rows: a.o }, outputs: { o: o.csv } }
        |                  ^^^^^^^^^^^^^
      expected "rows"
      did you mean "rows"?

    pipeline.yaml:6:35: unknown output "p"
      6 |   c: { run: [x, "\${inputs.row}", "\${outputs.p}"], inputs: { rows: a.o }, outputs: { o: o.csv } }
        |                                   ^^^^^^^^^^^^
      expected "o"

    pipeline.yaml:7:3: stage "d" runs a program without \`outputs\`
      7 |   d: { run: [x] }
        |   ^
      expected outputs: { name: file.csv }

    pipeline.yaml:8:37: output "o" is "../o.csv"
      8 |   e: { run: [x, [y]], outputs: { o: ../o.csv, p: p.csv, q: p.csv, r: { path: r.txt, columns: { x: …
        |                                     ^^^^^^^^
      expected a file name without folders, such as fit.csv

    pipeline.yaml:8:60: two outputs are written to "p.csv"
      8 | …], outputs: { o: ../o.csv, p: p.csv, q: p.csv, r: { path: r.txt, columns: { x: f64 } }, s: { path:…
        |                                          ^^^^^

    pipeline.yaml:8:85: "r.txt" is no table and has no columns
      8 | …, p: p.csv, q: p.csv, r: { path: r.txt, columns: { x: f64 } }, s: { path: s.csv, columns: { x: flo…
        |                                          ^^^^^^^
      expected a .csv or .arrow file

    pipeline.yaml:8:99: column "x" is "f64"
      8 | … q: p.csv, r: { path: r.txt, columns: { x: f64 } }, s: { path: s.csv, columns: { x: float46 } } } …
        |                                             ^^^
      expected one of "int32", "float64", "utf8", "bool"

    pipeline.yaml:8:140: column "x" is "float46"
      8 | … q: p.csv, r: { path: r.txt, columns: { x: f64 } }, s: { path: s.csv, columns: { x: float46 } } } …
        |                                                                                      ^^^^^^^
      expected one of "int32", "float64", "utf8", "bool"
      did you mean "float64"?

    pipeline.yaml:9:8: stage "f" has both \`uses\` and \`run\`
      9 |   f: { run: [x], uses: join, outputs: {} }
        |        ^^^
      expected one of them

    pipeline.yaml:10:18: \`with\` belongs to a stage that \`uses\` a kind
      10 |   g: { run: [x], with: {}, outputs: { o: o.csv }, shel: true, replicates: 2 }
         |                  ^^^^
      expected one of "run", "outputs", "code", "shell", "env", "formats", "inputs", "matrix", "replicates", "resources", "executor", "retry"

    pipeline.yaml:10:51: unknown key "shel" in stage "g"
      10 |   g: { run: [x], with: {}, outputs: { o: o.csv }, shel: true, replicates: 2 }
         |                                                   ^^^^
      expected one of "run", "outputs", "code", "shell", "env", "formats", "inputs", "matrix", "replicates", "resources", "executor", "retry"
      did you mean "shell"?

    pipeline.yaml:10:63: a \`run\` stage has no replicates
      10 |   g: { run: [x], with: {}, outputs: { o: o.csv }, shel: true, replicates: 2 }
         |                                                               ^^^^^^^^^^
      expected a kind that combines replicates, or a matrix

    pipeline.yaml:11:48: "missing.py" does not exist
      11 | …run: [x], outputs: { o: o.csv }, code: [missing.py], env: { A-B: 1, C: [1] }, formats: { row: csv …
         |                                          ^^^^^^^^^^
      expected a file at missing.py

    pipeline.yaml:11:68: "A-B" cannot name an environment variable
      11 | …tputs: { o: o.csv }, code: [missing.py], env: { A-B: 1, C: [1] }, formats: { row: csv }, shell: 1 …
         |                                                  ^^^
      expected letters, digits and _

    pipeline.yaml:11:79: \`env\` has a list for "C"
      11 | …tputs: { o: o.csv }, code: [missing.py], env: { A-B: 1, C: [1] }, formats: { row: csv }, shell: 1 …
         |                                                             ^^^
      expected a string, number or boolean

    pipeline.yaml:11:97: unknown key "row" in \`formats\`
      11 | …tputs: { o: o.csv }, code: [missing.py], env: { A-B: 1, C: [1] }, formats: { row: csv }, shell: 1 …
         |                                                                               ^^^

    pipeline.yaml:11:116: \`shell\` is 1
      11 | …tputs: { o: o.csv }, code: [missing.py], env: { A-B: 1, C: [1] }, formats: { row: csv }, shell: 1 …
         |                                                                                                  ^
      expected true or false

    pipeline.yaml:12:20: \`env\` belongs to a \`run\` stage
      12 |   i: { uses: join, env: {} }
         |                    ^^^
      expected one of "uses", "with", "inputs", "matrix", "replicates", "resources", "executor", "retry"

    pipeline.yaml:13:13: \`run\` is a list
      13 |   j: { run: [x], shell: true, outputs: { o: o.csv } }
         |             ^^^
      expected one line of text for the shell, since \`shell: true\`
    "
  `));
