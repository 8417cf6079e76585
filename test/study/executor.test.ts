import { expect, test } from 'vitest';
import { HEAD, planOf, problemsOf } from './fixture.ts';

const study = (executor: string, own = '') => `${HEAD}params: { p: main, minutes: 5 }
${executor}
stages:
  j: { uses: join${own} }
`;
const files = (executor: string, own?: string) => ({ 'pipeline.yaml': study(executor, own) });

test('a study says where its actions are done, and a stage for itself', async () => {
  const plan = await planOf(
    files(
      'executor: { kind: slurm, partition: "${params.p}", time: 1h, memory: 2GiB, options: [--qos=low, -Cintel], jobs: 50, polls: 6 }',
      ', executor: { kind: slurm, account: "a,b", pack: 90s, takes: 0.5 }',
    ),
  );
  expect(plan.executor).toEqual({
    kind: 'slurm',
    job: { partition: 'main', time: 3600, memory: 2 ** 31, options: ['--qos=low', '-Cintel'] },
    limits: { jobs: 50, polls: 6 },
  });
  expect(plan.stages[0].executor).toEqual({ kind: 'slurm', job: { account: 'a,b', pack: 90, takes: 0.5 } });
});

test('a word is enough', async () => {
  const plan = await planOf(files('executor: slurm', ', executor: local'));
  expect([plan.executor, plan.stages[0].executor]).toEqual([
    { kind: 'slurm', job: {}, limits: {} },
    { kind: 'local', job: {} },
  ]);
});

test('without a word all is done here', async () => {
  const plan = await planOf(files(''));
  expect([plan.executor, plan.stages[0].executor]).toEqual([undefined, undefined]);
});

test('what is wrong is named', async () => {
  expect(
    await problemsOf(
      files(
        'executor: { kind: slurm, partition: "-p x", options: [--array=1-9, "--export=ALL"], jobs: 0, polls: often, queue: q }',
        ', executor: { kind: local, partition: main, jobs: 3 }',
      ),
    ),
  ).toMatchInlineSnapshot(`
    "
    pipeline.yaml:4:37: \`partition\` is "-p x"
      4 | executor: { kind: slurm, partition: "-p x", options: [--array=1-9, "--export=ALL"], jobs: 0, polls…
        |                                     ^^^^^^
      expected a name without spaces

    pipeline.yaml:4:54: \`options\` is a list
      4 | …ind: slurm, partition: "-p x", options: [--array=1-9, "--export=ALL"], jobs: 0, polls: often, queu…
        |                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      expected a list of sbatch options such as --qos=low, none of --array, --chdir, --export, --input, --job-name, --output, --parsable, --signal, --wait, --wrap

    pipeline.yaml:4:91: \`jobs\` is 0
      4 | …slurm, partition: "-p x", options: [--array=1-9, "--export=ALL"], jobs: 0, polls: often, queue: q …
        |                                                                          ^
      expected an integer from 1 to 1000000

    pipeline.yaml:4:101: \`polls\` is "often"
      4 | …slurm, partition: "-p x", options: [--array=1-9, "--export=ALL"], jobs: 0, polls: often, queue: q …
        |                                                                                    ^^^^^
      expected a number above 0, at most 6000

    pipeline.yaml:4:108: unknown key "queue" in \`executor\`
      4 | …slurm, partition: "-p x", options: [--array=1-9, "--export=ALL"], jobs: 0, polls: often, queue: q …
        |                                                                                           ^^^^^
      expected one of "kind", "partition", "account", "time", "memory", "options", "pack", "takes", "jobs", "cells", "submits", "polls", "grace", "node"

    pipeline.yaml:6:45: \`partition\` is of no meaning to the local executor, found "main"
      6 |   j: { uses: join, executor: { kind: local, partition: main, jobs: 3 } }
        |                                             ^^^^^^^^^
      expected kind: slurm

    pipeline.yaml:6:62: unknown key "jobs" in \`executor\`
      6 |   j: { uses: join, executor: { kind: local, partition: main, jobs: 3 } }
        |                                                              ^^^^
      expected one of "kind", "partition", "account", "time", "memory", "options", "pack", "takes"
    "
  `);
  expect(await problemsOf(files('executor: cloud', ', executor: { partition: main }'))).toMatchInlineSnapshot(`
    "
    pipeline.yaml:4:11: \`executor\` is "cloud"
      4 | executor: cloud
        |           ^^^^^
      expected local or slurm, or { kind: slurm, partition: …, … }

    pipeline.yaml:6:30: \`executor\` lacks \`kind\`
      6 |   j: { uses: join, executor: { partition: main } }
        |                              ^^^^^^^^^^^^^^^^^^^
      expected kind: local or slurm
    "
  `);
});

test('options that Driftline gives itself are refused in every form, and no others', async () => {
  const refuses = async (option: string) => {
    const problems = await problemsOf(files(`executor: { kind: slurm, options: ["${option}"] }`)).catch(() => '');
    return problems !== '';
  };
  for (const own of [
    '--array=1',
    '-a1',
    '--wrap=ls',
    '-Jx',
    '--job-name=x',
    '-o f',
    '-D/',
    '--export=ALL',
    '--signal=9',
    '-W',
    'qos',
    '-C intel',
    '--a\\nb',
  ])
    expect([own, await refuses(own)]).toEqual([own, true]);
  for (const fine of [
    '--qos=low',
    '--constraint=a&b',
    '-Cintel',
    '--exclusive',
    '--no-requeue',
    '--gres=gpu:1',
    '--comment=two words',
  ])
    expect([fine, await refuses(fine)]).toEqual([fine, false]);
});
