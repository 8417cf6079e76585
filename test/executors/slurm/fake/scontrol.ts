import type { FakeCluster } from './cluster.ts';
import { ANSWERS, type ProgramAnswer } from './faults.ts';
import { type OptionTable, parseOptions } from './options.ts';
import type { Program } from './programs.ts';
import { type FakeNode, nodeState } from './schedule.ts';
import { type JobRecord, named, recordsOf, tasksOf } from './select.ts';
import { longDuration, moment } from './times.ts';

const OPTIONS: OptionTable = {
  clusters: { letter: 'M', value: true },
  oneliner: { letter: 'o' },
  quiet: { letter: 'Q' },
};

const said = (out: string): ProgramAnswer => ({ code: 0, out, err: '' });

export const scontrol: Program = (cluster, { args }) => {
  const { options, words, unknown } = parseOptions(args, OPTIONS, true);
  if (unknown !== undefined) return { code: 1, out: '', err: `scontrol: unrecognized option '${unknown}'\n` };
  const [verb, what = '', ...rest] = words;
  const form = (lines: readonly string[]): string =>
    options.has('oneliner') ? `${lines.join(' ')} \n` : `${lines.join('\n   ')}\n\n`;
  if (verb === 'ping') return said('Slurmctld(primary) at localhost is UP\n');
  if (verb === 'show' && what.startsWith('conf')) return said(configuration(cluster));
  if (verb === 'show' && what.startsWith('node')) {
    const nodes = cluster.nodes.filter(({ name }) => rest.length === 0 || rest.includes(name));
    if (nodes.length === 0) return { code: 1, out: '', err: `Node ${rest[0]} not found\n` };
    return said(nodes.map((node) => form(describeNode(node))).join(''));
  }
  if (verb === 'show' && what.startsWith('job')) {
    const jobs = rest.length === 0 ? cluster.jobs : named(cluster.jobs, rest[0]);
    if (rest.length > 0 && jobs.length === 0) {
      const known = named(cluster.jobs, rest[0].split('_')[0]).length > 0;
      return known ? { code: 1, out: `Job ${rest[0]} not found\n`, err: '' } : ANSWERS.invalidJob;
    }
    if (jobs.length === 0) return said('No jobs in the system\n');
    return said(
      recordsOf(jobs)
        .map((record) => form(describeJob(record, cluster)))
        .join(''),
    );
  }
  if (verb === 'show') return { code: 1, out: '', err: `invalid entity:${what} for keyword:show \n` };
  if (verb === 'update') return update(cluster, [what, ...rest]);
  const change = { requeue: 'requeue', hold: 'hold', release: 'release' }[verb ?? ''] as 'requeue' | 'hold' | 'release';
  if (change === undefined) return { code: 1, out: '', err: `invalid keyword: ${verb}\n` };
  const jobs = named(cluster.jobs, what);
  if (jobs.length === 0) return { code: 1, out: '', err: `Invalid job id specified for job ${what}\n` };
  for (const job of jobs) cluster[change](job);
  return said('');
};

function update(cluster: FakeCluster, words: readonly string[]): ProgramAnswer {
  const given = new Map(words.map((word) => word.toLowerCase().split('=') as [string, string]));
  const node = given.get('nodename');
  if (node === undefined) return { code: 1, out: '', err: 'No valid entity in update command\n' };
  if (given.get('state') === 'down') cluster.failNode(node);
  else cluster.mendNode(node);
  return said('');
}

function describeJob(record: JobRecord, { clock }: FakeCluster): string[] {
  const [job] = record;
  const { submission, started, ended } = job;
  const { tasks, throttle } = submission;
  const array = tasks === undefined ? '' : ` ArrayJobId=${job.array} ArrayTaskId=${tasksOf(record)}`;
  const together = tasks !== undefined && throttle !== undefined ? ` ArrayTaskThrottle=${throttle}` : '';
  const ran = started === undefined ? 0 : (ended ?? clock.now()) - started;
  const limit = submission.limit === undefined ? 'UNLIMITED' : longDuration(submission.limit * 60_000);
  return [
    `JobId=${job.id}${array}${together} JobName=${submission.name}`,
    `UserId=${submission.user}(0) GroupId=${submission.user}(0) MCS_label=N/A`,
    `Priority=1 Nice=0 Account=${submission.account ?? '(null)'} QOS=(null)`,
    `JobState=${job.state} Reason=${job.reason} Dependency=(null)`,
    `Requeue=${submission.requeue ? 1 : 0} Restarts=${job.restarts} BatchFlag=1 Reboot=0 ExitCode=${job.code}:${job.signal}`,
    `RunTime=${longDuration(ran)} TimeLimit=${limit} TimeMin=N/A`,
    `SubmitTime=${moment(job.submitted)} EligibleTime=${moment(job.submitted)}`,
    `StartTime=${moment(started)} EndTime=${moment(ended)} Deadline=N/A`,
    `Partition=${submission.partition} AllocNode:Sid=localhost:1`,
    `NodeList=${job.node ?? ''}${job.node === undefined ? '' : ` BatchHost=${job.node}`}`,
    `NumNodes=1 NumCPUs=${submission.cpus} NumTasks=1 CPUs/Task=${submission.cpus}`,
    `Command=(null)`,
    `WorkDir=${submission.folder}`,
    ...(submission.comment === undefined ? [] : [`Comment=${submission.comment} `]),
    `StdErr=${submission.error ?? submission.output}`,
    'StdIn=/dev/null',
    `StdOut=${submission.output}`,
    'Power=',
  ];
}

const describeNode = (node: FakeNode): string[] => [
  `NodeName=${node.name} Arch=x86_64 CoresPerSocket=1 CPUAlloc=${node.usedCpus} CPUTot=${node.cpus}`,
  `NodeAddr=127.0.0.1 NodeHostName=localhost Version=${VERSION}`,
  `RealMemory=${node.memory} AllocMem=${node.usedMemory} State=${nodeState(node).toUpperCase()}`,
  'Partitions=main',
];

export const VERSION = '22.05.8';

function configuration({ settings, clock }: FakeCluster): string {
  const { accounting, maxArraySize, maxJobCount, minJobAge, killWait } = settings;
  const values = {
    AccountingStorageType: `accounting_storage/${accounting ? 'slurmdbd' : 'none'}`,
    ClusterName: 'driftline',
    KillWait: `${killWait} sec`,
    MaxArraySize: maxArraySize,
    MaxJobCount: maxJobCount,
    MinJobAge: `${minJobAge} sec`,
    SLURM_VERSION: VERSION,
  };
  const lines = Object.entries(values).map(([name, value]) => `${name.padEnd(24)}= ${value}\n`);
  return `Configuration data as of ${moment(clock.now())}\n${lines.join('')}\nSlurmctld(primary) at localhost is UP\n`;
}
