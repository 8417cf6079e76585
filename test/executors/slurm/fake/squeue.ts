import type { FakeCluster } from './cluster.ts';
import { ANSWERS } from './faults.ts';
import { type FakeJob, isOver, nameOf } from './job.ts';
import { type OptionTable, parseOptions } from './options.ts';
import type { Program } from './programs.ts';
import { type JobRecord, named, recordsOf, tasksOf } from './select.ts';
import { duration } from './times.ts';

const OPTIONS: OptionTable = {
  array: { letter: 'r' },
  clusters: { letter: 'M', value: true },
  format: { letter: 'o', value: true },
  jobs: { letter: 'j', value: true },
  me: {},
  name: { letter: 'n', value: true },
  noheader: { letter: 'h' },
  partition: { letter: 'p', value: true },
  states: { letter: 't', value: true },
  user: { letter: 'u', value: true },
};

const DEFAULT_FORMAT = '%.18i %.9P %.8j %.8u %.2t %.10M %.6D %R';

/** Slurm's short words for states. */
const SHORT: Readonly<Record<string, string>> = {
  PENDING: 'PD',
  RUNNING: 'R',
  COMPLETING: 'CG',
  COMPLETED: 'CD',
  FAILED: 'F',
  CANCELLED: 'CA',
  TIMEOUT: 'TO',
  NODE_FAIL: 'NF',
  OUT_OF_MEMORY: 'OOM',
};

export const squeue: Program = (cluster, { args }) => {
  const { options, unknown } = parseOptions(args, OPTIONS, true);
  if (unknown !== undefined) return { code: 1, out: '', err: `squeue: unrecognized option '${unknown}'\n` };
  let jobs = options.get('states')?.toLowerCase() === 'all' ? cluster.jobs : cluster.live;
  const wanted = options.get('jobs')?.split(',');
  if (wanted !== undefined) {
    const all = cluster.jobs;
    // Only of a single one does it say that there is none.
    if (wanted.length === 1 && named(all, wanted[0]).length === 0) return ANSWERS.invalidJob;
    jobs = jobs.filter((job) => wanted.some((name) => named([job], name).length > 0));
  }
  const names = options.get('name')?.split(',');
  const users = options.get('user')?.split(',');
  const states = options.get('states')?.toUpperCase().split(',');
  jobs = jobs.filter(
    ({ submission, state }) =>
      (names?.includes(submission.name) ?? true) &&
      (users?.includes(submission.user) ?? true) &&
      (states === undefined || states[0] === 'ALL' || states.includes(state) || states.includes(SHORT[state])),
  );
  const format = options.get('format') ?? DEFAULT_FORMAT;
  const lines = inOrder(options.has('array') ? jobs.map((job): JobRecord => [job]) : recordsOf(jobs));
  const header = options.has('noheader') ? [] : [fill(format, (field) => FIELDS[field]?.header)];
  const text = lines.map((line) => fill(format, (field) => FIELDS[field]?.of(line, cluster)));
  return { code: 0, out: [...header, ...text].map((line) => `${line}\n`).join(''), err: '' };
};

/** By state's word, then by who came first; held ones last. */
const inOrder = (lines: JobRecord[]): JobRecord[] =>
  lines
    .map((line, at) => ({ line, rank: [line[0].state, line[0].reason === 'JobHeldUser' ? 1 : 0, at] as const }))
    .sort((a, b) =>
      a.rank[0] < b.rank[0] ? -1 : a.rank[0] > b.rank[0] ? 1 : a.rank[1] - b.rank[1] || a.rank[2] - b.rank[2],
    )
    .map(({ line }) => line);

const idOf = (line: JobRecord): string => (line.length === 1 ? nameOf(line[0]) : `${line[0].array}_[${tasksOf(line)}]`);

interface Field {
  readonly header: string;
  of(line: JobRecord, cluster: FakeCluster): string;
}

const field = (header: string, of: (job: FakeJob, cluster: FakeCluster, line: JobRecord) => string): Field => ({
  header,
  of: (line, cluster) => of(line[0], cluster, line),
});

const FIELDS: Readonly<Record<string, Field>> = {
  A: field('JOBID', ({ id }) => String(id)),
  C: field('CPUS', ({ submission }) => String(submission.cpus)),
  D: field('NODES', () => '1'),
  F: field('ARRAY_JOB_ID', ({ array }) => String(array)),
  K: field('ARRAY_TASK_ID', ({ task }, _, line) =>
    task === undefined ? 'N/A' : line.length > 1 ? tasksOf(line) : String(task),
  ),
  M: field('TIME', ({ started, ended }, { clock }) =>
    started === undefined ? '0:00' : duration((ended ?? clock.now()) - started),
  ),
  N: field('NODELIST', ({ node }) => node ?? ''),
  P: field('PARTITION', ({ submission }) => submission.partition),
  R: field('NODELIST(REASON)', (job) =>
    job.state === 'PENDING' || (isOver(job) && job.reason !== 'None') ? `(${job.reason})` : (job.node ?? ''),
  ),
  T: field('STATE', ({ state }) => state),
  a: field('ACCOUNT', ({ submission }) => submission.account ?? '(null)'),
  i: field('JOBID', (_, __, line) => idOf(line)),
  j: field('NAME', ({ submission }) => submission.name),
  k: field('COMMENT', ({ submission }) => submission.comment ?? '(null)'),
  r: field('REASON', ({ reason }) => reason),
  t: field('ST', ({ state }) => SHORT[state] ?? state.slice(0, 2)),
  u: field('USER', ({ submission }) => submission.user),
};

/** Fills `%i`, or `%.18i`, which cuts or pads on the left. */
const fill = (format: string, value: (field: string) => string | undefined): string =>
  format.replaceAll(/%(\.?)(\d*)([A-Za-z])/g, (all, right: string, width: string, name: string) => {
    const text = value(name);
    if (text === undefined) return all;
    if (width === '') return text;
    const cut = text.slice(0, Number(width));
    return right === '.' ? cut.padStart(Number(width)) : cut.padEnd(Number(width));
  });
