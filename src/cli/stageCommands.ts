import type { Command } from 'commander';
import { collect, count } from './optionValues.ts';

/** Declares the commands about kinds of stage, and the one that runs a single cell. `finish` is given the exit code. */
export function declareStages(program: Command, finish: (code: number) => void): void {
  const kinds = program.command('stage').description('list or describe kinds of stage; run a kind or one cell alone');
  const kind = (name: string, summary: string): Command =>
    kinds.command(name).description(summary).option('--file <path>', 'the study', 'pipeline.yaml');
  kind('list', 'the kinds that a study here can use')
    .option('--json', 'print JSON instead of text')
    .action(async (options) => {
      finish(await (await import('./commands/stage.ts')).stageListCommand(options));
    });
  kind('describe', 'parameters, inputs and outputs of a kind')
    .argument('<kind>')
    .option('--json', 'print JSON instead of text')
    .action(async (name, options) => {
      finish(await (await import('./commands/stage.ts')).stageDescribeCommand(name, options));
    });
  kind('run', 'run one cell of the study here and now, recording nothing; or a kind, outside any study')
    .argument('<target>', 'a cell such as stage[C=2], a replicate such as stage[C=2]#3, or a kind')
    .option('--profile <name>', 'a named set of parameters of the study')
    .option('--set <key=value>', 'override a parameter; may be given several times', collect, {})
    .option('--json', 'print JSON instead of text')
    .option('--debug', 'wait for a debugger before it runs; of a program, leave its folder and say how to go into it')
    .option('--port <n>', 'where a debugger finds it (default: 9229)', count)
    .option('--record', 'keep what it gives, as a run does')
    .option('--with <json>', 'of a kind: its parameters')
    .option('--seed <text>', 'of a kind: what its random numbers are drawn from (default: driftline)')
    .option('--input <name=path>', 'of a kind: an input, a .csv, .arrow or other file', collect)
    .action(async (name, options) => {
      finish(await (await import('./commands/stageRun.ts')).stageRunCommand(name, options));
    });
}
