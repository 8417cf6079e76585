import type { Command } from 'commander';

/** Declares the commands about shared caches and the keys that sign what they hold. `finish` is given the exit code. */
export function declareSharing(
  program: Command,
  study: (name: string, summary: string, parent: Command) => Command,
  finish: (code: number) => void,
): void {
  const cache = program.command('cache').description('share results with other machines: push, pull or stat');
  study('push', 'upload results that were computed here and are up to date', cache)
    .argument('[targets...]', 'stages, cells or claims; all of the study by default')
    .action(async (targets, options) => {
      finish(await (await import('./commands/cache.ts')).cachePushCommand(targets, options));
    });
  study('pull', 'fetch results that are not here, computing nothing', cache)
    .argument('[targets...]', 'stages, cells or claims; all of the study by default')
    .action(async (targets, options) => {
      finish(await (await import('./commands/cache.ts')).cachePullCommand(targets, options));
    });
  study('stat', 'say which cache there is, who is trusted, and which results are where', cache)
    .argument('[targets...]', 'stages, cells or claims; all of the study by default')
    .action(async (targets, options) => {
      finish(await (await import('./commands/cache.ts')).cacheStatCommand(targets, options));
    });

  const keys = program.command('key').description('the keys that sign shared results: create, list, trust or revoke');
  const key = (name: string, summary: string): Command =>
    keys
      .command(name)
      .description(summary)
      .option('--file <path>', 'the study', 'pipeline.yaml')
      .option('--json', 'print JSON instead of text');
  key('create', 'make a key to sign with, outside the study').action(async (options) => {
    finish(await (await import('./commands/key.ts')).keyCreateCommand(options));
  });
  key('list', 'say whose results are taken').action(async (options) => {
    finish(await (await import('./commands/key.ts')).keyListCommand(options));
  });
  key('trust', 'take the results that a key signed')
    .argument('<name>', 'whose it is')
    .argument('<key>', 'the public key, ed25519:…, or a file that holds it')
    .option('--user', 'in every study of yours, not in this one')
    .option('--namespace <name>', 'only in this namespace; may be given several times', names)
    .action(async (name, text, options) => {
      finish(await (await import('./commands/key.ts')).keyTrustCommand(name, text, options));
    });
  key('revoke', 'take no results of a key any more, and remove those that are here')
    .argument('<key>', 'its name, the beginning of its id, or the key itself')
    .option('--user', 'in every study of yours, not in this one')
    .action(async (text, options) => {
      finish(await (await import('./commands/key.ts')).keyRevokeCommand(text, options));
    });
}

const names = (name: string, before: readonly string[] = []): string[] => [...before, name];
