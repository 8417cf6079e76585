import { Argument, Command, Option } from 'commander';
import { errorWords } from './errorWords.ts';
import { EXIT } from './exit.ts';
import { collect, count, grace, names, port, sampleSize, size, slurmSetting } from './optionValues.ts';
import { VERSION } from './package.ts';
import { declareSharing } from './sharing.ts';
import { declareStages } from './stageCommands.ts';
import { guard } from './steering.ts';
import { showsUnicode, writeInAscii } from './terminal.ts';

/** Parses argv, runs one command and returns its exit code. Commands are loaded when they are asked for. */
async function main(argv: readonly string[]): Promise<number> {
  let code: number = EXIT.done;
  const program = new Command('driftline')
    .description('Runs reproducible studies: only what changed, every result kept under the hash of what made it.')
    .version(VERSION)
    .exitOverride()
    .configureHelp({ sortSubcommands: false, showGlobalOptions: true })
    .showSuggestionAfterError()
    .showHelpAfterError('(driftline --help shows the commands and their options)');

  const study = (name: string, summary: string, parent = program): Command =>
    parent
      .command(name)
      .description(summary)
      .option('--file <path>', 'the study', 'pipeline.yaml')
      .option('--profile <name>', 'a named set of parameters of the study')
      .option('--set <key=value>', 'override a parameter; may be given several times', collect, {})
      .option('--out <folder>', "where results are put, from the study's folder", 'out')
      .option('--json', 'print JSON instead of text');

  study('run', 'run what is not done yet')
    .argument('[targets...]', 'stages, cells such as stage[C=2], or claims; all of the study by default')
    .option('--jobs <n>', 'actions at a time (default: the number of cores)', count)
    .option('--dry-run', 'only say what would run')
    .option('--keep-going', 'after a failure, go on with what does not depend on it')
    .option('--strict', 'exit with 3 when a claim is refuted')
    .option('--lock', 'write the digests of all results to driftline.lock')
    .option('--locked', 'exit with 1 when results differ from driftline.lock')
    .option('--tag <name>', 'a name for the run, once it has succeeded')
    .addOption(
      new Option('--executor <kind>', 'where actions are done, unless their stage says otherwise').choices([
        'local',
        'slurm',
      ]),
    )
    .option('--slurm <name=value>', 'a setting of the Slurm executor, such as partition=main', slurmSetting, [])
    .addOption(
      new Option('--on-interrupt <what>', 'what Ctrl-C does with jobs on a cluster (default: ask)').choices([
        'leave',
        'cancel',
      ]),
    )
    .option('--cache-write', 'upload what is computed to the shared cache')
    .option('--no-cache', 'ask no shared cache')
    .action(async (targets, options) => {
      code = await (await import('./commands/run.ts')).runCommand(targets, options);
    });
  study('watch', 'run again whenever a file of the study is saved')
    .argument('[targets...]', 'stages, cells such as stage[C=2], or claims; all of the study by default')
    .option('--jobs <n>', 'actions at a time (default: the number of cores)', count)
    .option('--keep-going', 'after a failure, go on with what does not depend on it')
    .option('--cache-write', 'upload what is computed to the shared cache')
    .option('--no-cache', 'ask no shared cache')
    .action(async (targets, options) => {
      code = await (await import('./commands/watch.ts')).watchCommand(targets, options);
    });
  study('plan', 'say what there is to do, stage by stage, and how long it takes')
    .argument('[targets...]', 'stages, cells or claims')
    .option('--jobs <n>', 'actions at a time, for the estimate (default: the number of cores)', count)
    .option('--no-cache', 'ask no shared cache')
    .action(async (targets, options) => {
      code = await (await import('./commands/plan.ts')).planCommand(targets, options);
    });
  study('status', 'say how much of each stage is there').action(async (options) => {
    code = await (await import('./commands/status.ts')).statusCommand(options);
  });
  study('why', 'explain why a target is cached or is to run, back to the root causes')
    .argument('<target>', 'a stage, an output, a cell, a replicate or a claim')
    .option('--all', 'print all root causes and runs, not only the first ones')
    .action(async (target, options) => {
      code = await (await import('./commands/why.ts')).whyCommand(target, options);
    });
  study('diff', 'say in what two runs differ: parameters, code, numbers, figures and claims')
    .argument('[runA]', 'last, last~1, a tag, or the beginning of a run id (default: last~1)')
    .argument('[runB]', "the run to compare it with (default: last; or with one run, the study's results now)")
    .option('--all', 'print every difference, not only the first ones')
    .option('--stage <name>', 'only this stage or claim; may be given several times', names, [])
    .option('--exit-code', 'exit with 1 when something differs or cannot be compared')
    .action(async (a, b, options) => {
      code = await (await import('./commands/diff.ts')).diffCommand(a, b, options);
    });
  study('show', 'print a result table')
    .argument('<target>', 'stage.output, or a stage')
    .option('--rows <n>', 'rows to print', count)
    .action(async (target, options) => {
      code = await (await import('./commands/show.ts')).showCommand(target, options);
    });
  study('claims', 'print the verdict on each claim')
    .option('--strict', 'exit with 3 when a claim is refuted')
    .action(async (options) => {
      code = await (await import('./commands/claims.ts')).claimsCommand(options);
    });
  study('report', 'write the report from what is there, without running anything').action(async (options) => {
    code = await (await import('./commands/report.ts')).reportCommand(options);
  });
  study('graph', 'print the DAG of stages')
    .addOption(
      new Option('--format <format>', 'how it is written').choices(['mermaid', 'dot', 'svg']).default('mermaid'),
    )
    .action(async (options) => {
      code = await (await import('./commands/graph.ts')).graphCommand(options);
    });
  study('serve', 'show the study in a browser while it runs, and run it from there')
    .option('--port <n>', 'where it listens, on this machine alone (default: 4477, or any that is free)', port)
    .option('--jobs <n>', 'actions at a time of runs that the page starts (default: the number of cores)', count)
    .action(async (options) => {
      code = await (await import('./commands/serve.ts')).serveCommand(options);
    });
  study('verify', 'check every byte of the store, compute results again, and compare with driftline.lock')
    .argument('[targets...]', 'whose results are computed again; all of the study by default')
    .option('--all', 'compute all of them again, not a sample')
    .option('--sample <n>', 'how many are computed again, as a number or a percentage (default: 20)', sampleSize)
    .option('--accepted', 'compute only results again that driftline accept took over')
    .option('--repair', 'remove what is damaged or was wrongly accepted, so that the next run computes it again')
    .option('--jobs <n>', 'actions at a time (default: another number than in the last run)', count)
    .action(async (targets, options) => {
      code = await (await import('./commands/verify.ts')).verifyCommand(targets, options);
    });
  study('accept', 'take over the results of code that changed without changing them, after computing a sample again')
    .argument('[targets...]', 'whose results are taken over, with what they need; all of the study by default')
    .option('--because <text>', 'why the change of code changes no result: kept with what is accepted')
    .option('--all', 'compute all of them again, not a sample')
    .option('--sample <n>', 'how many are computed again, as a number or a percentage (default: 20)', sampleSize)
    .option('--dry-run', 'only say what could be accepted')
    .option('--jobs <n>', 'actions at a time (default: the number of cores)', count)
    .option('--list', 'list the statements made so far')
    .option('--revoke <statement>', 'take back a statement, with all results that rest on it')
    .action(async (targets, options) => {
      code = await (await import('./commands/accept.ts')).acceptCommand(targets, options);
    });
  study('gc', 'say what the store holds that nothing needs; with --yes remove it')
    .option('--yes', 'remove it')
    .option('--dry-run', 'only say what would be removed: the default')
    .option('--keep-runs <n>', 'runs of each profile whose results are kept', count, 5)
    .option('--grace <time>', 'nothing younger than this is removed', grace, 3600)
    .option('--max-size <size>', 'remove the least recently used until the store has this size, not all', size)
    .action(async (options) => {
      code = await (await import('./commands/gc.ts')).gcCommand(options);
    });

  const store = (name: string, summary: string): Command =>
    program
      .command(name)
      .description(summary)
      .option('--file <path>', 'the study', 'pipeline.yaml')
      .option('--json', 'print JSON instead of text');
  store('runs', 'list the runs that there are, with their tags')
    .option('--all', 'all of them, not only the last 20')
    .action(async (options) => {
      code = await (await import('./commands/runs.ts')).runsCommand(options);
    });
  store('tag', 'name a run, whose results gc then keeps; or list the names')
    .argument('[name]', 'letters, digits, dots, hyphens and underscores')
    .argument('[run]', 'last, last~1, a tag, or the beginning of a run id', 'last')
    .option('--delete', 'take the name away; the run stays')
    .action(async (name, run, options) => {
      code = await (await import('./commands/tag.ts')).tagCommand(name, run, options);
    });

  store('export', 'write the study with its results as an RO-Crate: a folder, or one .zip')
    .argument('<place>', 'a folder that is to be made, or a file whose name ends in .zip')
    .option('--profile <name>', 'whose results: a named set of parameters of the study')
    .option('--with-store', 'with all results on the way too, so that verify can compute any of them again there')
    .option('--license <licence>', 'of the crate: an SPDX identifier such as CC-BY-4.0, or an address')
    .option('--by <name>', 'who ran the study; without it nobody is named')
    .option('--orcid <id>', 'their ORCID')
    .action(async (place, options) => {
      code = await (await import('./commands/export.ts')).exportCommand(place, options);
    });

  declareSharing(program, study, (ended) => {
    code = ended;
  });

  declareStages(program, (ended) => {
    code = ended;
  });
  program
    .command('init')
    .description('make a small study that works, to be changed into one of your own')
    .argument('[dir]', 'the folder it is put in', '.')
    .option('--json', 'print JSON instead of text')
    .action(async (dir, options) => {
      code = await (await import('./commands/init.ts')).initCommand(dir, options);
    });
  program
    .command('schema')
    .description('print the JSON Schema of study files, for editors')
    .option('--file <path>', 'the study', 'pipeline.yaml')
    .option('--json', 'the default: a schema is JSON')
    .action(async (options) => {
      code = await (await import('./commands/schema.ts')).schemaCommand(options);
    });
  store('doctor', 'look at this installation and study, and say what is wrong with them').action(async (options) => {
    code = await (await import('./commands/doctor.ts')).doctorCommand({ ...options, set: {} });
  });
  program
    .command('completion')
    .description('print a script that completes commands, options, stages and claims at Tab')
    .addArgument(
      new Argument('<shell>', 'whose startup file sources it').choices(['bash', 'zsh', 'fish', 'powershell']),
    )
    .action(async (shell) => {
      (await import('./completion.ts')).printScript(shell);
    });

  // What such a script asks: not a command for people, and no option in it is one of ours.
  if (argv[0] === 'complete' && argv[1] === '--') {
    await (await import('./completion.ts')).printSuggestions(program, argv.slice(2));
    return code;
  }
  await program.parseAsync(argv, { from: 'user' });
  return code;
}

/** Words an error for a person; the stack of an unforeseen one is shown, for it is a bug of ours. */
function report(error: unknown): number {
  const { text, code } = errorWords(error);
  if (text !== '') process.stderr.write(`${text}\n`);
  return code;
}

// A reader that goes away (`driftline show … | head`) ends the output, not the program with an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  throw error;
});
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// First, so that it is the last to see what is written.
for (const stream of [process.stdout, process.stderr]) guard(stream);
// What --json prints is for programs, and is left as it is.
for (const stream of process.argv.includes('--json') ? [process.stderr] : [process.stdout, process.stderr]) {
  if (!showsUnicode(stream)) writeInAscii(stream);
}

process.exitCode = await main(process.argv.slice(2)).catch(report);
