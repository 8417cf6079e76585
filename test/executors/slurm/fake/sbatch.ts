import { constants } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { ANSWERS, type ProgramAnswer } from './faults.ts';
import type { Submission } from './job.ts';
import { type OptionTable, parseOptions } from './options.ts';
import type { Program } from './programs.ts';

const OPTIONS: OptionTable = {
  account: { letter: 'A', value: true },
  array: { letter: 'a', value: true },
  chdir: { letter: 'D', value: true },
  clusters: { letter: 'M', value: true },
  comment: { value: true },
  constraint: { letter: 'C', value: true },
  'cpus-per-task': { letter: 'c', value: true },
  error: { letter: 'e', value: true },
  exclude: { letter: 'x', value: true },
  export: { value: true },
  gres: { value: true },
  hold: { letter: 'H' },
  input: { letter: 'i', value: true },
  'job-name': { letter: 'J', value: true },
  mem: { value: true },
  'mem-per-cpu': { value: true },
  nice: { value: true },
  'no-requeue': {},
  nodelist: { letter: 'w', value: true },
  nodes: { letter: 'N', value: true },
  ntasks: { letter: 'n', value: true },
  'open-mode': { value: true },
  output: { letter: 'o', value: true },
  parsable: {},
  partition: { letter: 'p', value: true },
  qos: { letter: 'q', value: true },
  quiet: { letter: 'Q' },
  requeue: {},
  signal: { value: true },
  time: { letter: 't', value: true },
  wrap: { value: true },
};

/** Options that a person may set for every sbatch. */
const VARIABLES: Readonly<Record<string, string>> = {
  SBATCH_ACCOUNT: 'account',
  SBATCH_PARTITION: 'partition',
  SBATCH_QOS: 'qos',
};

const failed = (words: string, code = 1): ProgramAnswer => ({ code, out: '', err: `sbatch: ${words}\n` });

export const sbatch: Program = (cluster, { args, env, cwd, input, readFile }) => {
  const { options: given, words, unknown } = parseOptions(args, OPTIONS, false);
  if (unknown !== undefined) {
    const name = unknown.startsWith('--') ? `unrecognized option '${unknown}'` : `invalid option -- '${unknown[1]}'`;
    return failed(`${name}\nTry "sbatch --help" for more information`, 255);
  }
  const wrap = given.get('wrap');
  let script = wrap === undefined ? input : `#!/bin/sh\n# This script was created by sbatch --wrap.\n\n${wrap}\n`;
  if (wrap === undefined && words.length > 0) {
    const read = readFile(isAbsolute(words[0]) ? words[0] : join(cwd, words[0]));
    if (read === undefined) return failed(`error: Unable to open file ${words[0]}`);
    script = read;
  }
  if (!script.startsWith('#!')) {
    return failed(
      'error: This does not look like a batch script.  The first\nsbatch: error: line must start with #! followed by the path to an interpreter.\nsbatch: error: For instance: #!/bin/sh',
    );
  }
  const variables = Object.entries(VARIABLES).flatMap(([name, option]) => (env[name] ? [[option, env[name]]] : []));
  const inScript = parseOptions(directives(script), OPTIONS, false).options;
  const options = new Map([...inScript, ...(variables as [string, string][]), ...given]);

  if ((options.get('partition') ?? 'main') !== 'main') {
    return failed(
      `error: invalid partition specified: ${options.get('partition')}\n${ANSWERS.invalidPartition.err.trim()}`,
    );
  }
  const limit = options.has('time') ? minutes(options.get('time')!) : undefined;
  if (Number.isNaN(limit)) return failed('error: Invalid --time specification', 255);
  const array = options.has('array') ? tasksOf(options.get('array')!) : undefined;
  if (options.has('array') && array === undefined) return ANSWERS.invalidArray;
  const warning = options.has('signal') ? warningOf(options.get('signal')!) : undefined;
  if (options.has('signal') && warning === undefined) return failed('error: Invalid --signal specification', 255);
  const folder = isAbsolute(options.get('chdir') ?? cwd)
    ? (options.get('chdir') ?? cwd)
    : join(cwd, options.get('chdir')!);
  const submission: Submission = {
    name:
      options.get('job-name') ??
      (wrap !== undefined ? 'wrap' : words.length > 0 ? words[0].split('/').at(-1)! : 'sbatch'),
    user: env.USER ?? 'root',
    script,
    args: words.slice(1),
    tasks: array?.tasks,
    throttle: array?.throttle,
    cpus: Number(options.get('cpus-per-task') ?? 1) * Number(options.get('ntasks') ?? 1),
    memory: options.has('mem') ? mebibytes(options.get('mem')!) : 0,
    limit,
    warning,
    requeue: !options.has('no-requeue'),
    held: options.has('hold'),
    append: options.get('open-mode')?.startsWith('a') ?? false,
    output: options.get('output') ?? (array === undefined ? 'slurm-%j.out' : 'slurm-%A_%a.out'),
    error: options.get('error'),
    folder,
    environment: exported(options.get('export') ?? 'ALL', env),
    comment: options.get('comment'),
    partition: 'main',
    account: options.get('account'),
    nodes: options.get('nodelist')?.split(','),
  };
  const job = cluster.submit(submission);
  if (typeof job !== 'number') return job;
  const clusterName = options.has('clusters') ? `;${options.get('clusters')}` : '';
  const words_ = options.has('parsable') ? `${job}${clusterName}` : `Submitted batch job ${job}`;
  return { code: 0, out: `${words_}\n`, err: '' };
};

/** Options that stand in the script, before its first command. */
function directives(script: string): string[] {
  const found: string[] = [];
  for (const line of script.split('\n').slice(1)) {
    if (line.startsWith('#SBATCH ')) found.push(...line.slice('#SBATCH '.length).trim().split(/\s+/));
    else if (line.trim() !== '' && !line.startsWith('#')) break;
  }
  return found;
}

/** Minutes of `90`, `30:00`, `1:30:00`, `1-12` …; a part of a minute counts as one. */
function minutes(text: string): number | undefined {
  if (/^(UNLIMITED|INFINITE|-1)$/i.test(text)) return undefined;
  const [, days, rest] = /^(?:(\d+)-)?(\d+(?::\d+){0,2})$/.exec(text) ?? [];
  if (rest === undefined) return Number.NaN;
  const parts = rest.split(':').map(Number);
  const [hours, mins, seconds] =
    days !== undefined
      ? [parts[0], parts[1] ?? 0, parts[2] ?? 0]
      : parts.length === 3
        ? parts
        : [0, parts[0], parts[1] ?? 0];
  return Number(days ?? 0) * 1440 + hours * 60 + mins + (seconds > 0 ? 1 : 0);
}

function tasksOf(text: string): { readonly tasks: number[]; readonly throttle: number | undefined } | undefined {
  const [, list, throttle] = /^([\d,:-]+)(?:%(\d+))?$/.exec(text) ?? [];
  if (list === undefined) return undefined;
  const tasks = new Set<number>();
  for (const part of list.split(',')) {
    const [, from, to = from, step = '1'] = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(part) ?? [];
    if (from === undefined) return undefined;
    for (let task = Number(from); task <= Number(to); task += Math.max(1, Number(step))) tasks.add(task);
  }
  const sorted = [...tasks].sort((a, b) => a - b);
  return { tasks: sorted, throttle: throttle === undefined ? undefined : Number(throttle) };
}

/** `USR1`, `B:USR2@60`: by default the steps are warned, a minute before the end, and the script itself is not. */
function warningOf(text: string): Submission['warning'] | undefined {
  const [, script, name, seconds = '60'] = /^(?:R?)(B?)R?:?(?:SIG)?([A-Z]+\d?|\d+)(?:@(\d+))?$/.exec(text) ?? [];
  if (name === undefined) return undefined;
  const numbered: Readonly<Record<string, string>> = { 1: 'HUP', 2: 'INT', 10: 'USR1', 12: 'USR2', 15: 'TERM' };
  const signal = `SIG${numbered[name] ?? name}` as NodeJS.Signals;
  if (constants.signals[signal] === undefined) return undefined;
  return { signal, seconds: Number(seconds), script: script === 'B' };
}

/** MiB; 0 stands for all that a node has. */
function mebibytes(text: string): number {
  const [, number, unit = 'M'] = /^(\d+)([KMGT]?)B?$/i.exec(text) ?? [];
  return Math.ceil(
    Number(number) * { K: 1 / 1024, M: 1, G: 1024, T: 1024 * 1024 }[unit.toUpperCase() as 'K' | 'M' | 'G' | 'T']!,
  );
}

/** What a job sees of the environment in which it was submitted. */
function exported(list: string, env: Readonly<Record<string, string>>): Record<string, string> {
  const login = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: env.HOME ?? '/', USER: env.USER ?? 'root' };
  if (list === 'NONE') return { ...login, SLURM_EXPORT_ENV: 'NONE', SLURM_GET_USER_ENV: '1' };
  if (list === 'NIL') return { SLURM_EXPORT_ENV: 'NIL' };
  const names = list.split(',');
  const { PATH, HOME } = login;
  const found: Record<string, string> = names.includes('ALL') ? { ...env } : { PATH, HOME };
  for (const entry of names.filter((name) => name !== 'ALL')) {
    const equals = entry.indexOf('=');
    const name = equals < 0 ? entry : entry.slice(0, equals);
    const value = equals < 0 ? env[name] : entry.slice(equals + 1);
    if (value !== undefined) found[name] = value;
  }
  return list === 'ALL' ? found : { ...found, SLURM_EXPORT_ENV: list };
}
