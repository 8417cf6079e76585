import type { FakeJob } from './job.ts';
import { nameOf } from './job.ts';
import { type OptionTable, parseOptions } from './options.ts';
import type { Program } from './programs.ts';
import { named } from './select.ts';

const OPTIONS: OptionTable = {
  allocations: { letter: 'X' },
  clusters: { letter: 'M', value: true },
  endtime: { letter: 'E', value: true },
  format: { letter: 'o', value: true },
  jobs: { letter: 'j', value: true },
  name: { value: true },
  noheader: { letter: 'n' },
  parsable: { letter: 'p' },
  parsable2: { letter: 'P' },
  starttime: { letter: 'S', value: true },
  user: { letter: 'u', value: true },
};

const FIELDS: Readonly<Record<string, (job: FakeJob, step: string) => string>> = {
  jobid: (job, step) => nameOf(job) + step,
  jobname: ({ submission }, step) => (step === '' ? submission.name : 'batch'),
  // A step has no more to say than that it was ended.
  state: ({ state }, step) => (state === 'CANCELLED' && step === '' ? 'CANCELLED by 0' : state),
  exitcode: ({ code, signal }) => `${code}:${signal}`,
  nodelist: ({ node }) => node ?? 'None assigned',
};

export const sacct: Program = (cluster, { args }) => {
  const { options, unknown } = parseOptions(args, OPTIONS, true);
  if (unknown !== undefined) return { code: 1, out: '', err: `sacct: unrecognized option '${unknown}'\n` };
  if (!cluster.settings.accounting) return { code: 1, out: '', err: 'Slurm accounting storage is disabled\n' };
  const fields = (options.get('format') ?? 'JobID,State,ExitCode').split(',');
  const strange = fields.find((name) => FIELDS[name.toLowerCase()] === undefined);
  if (strange !== undefined) return { code: 1, out: '', err: `sacct: fatal: Invalid field requested: "${strange}"\n` };
  const wanted = options.get('jobs')?.split(',');
  const names = options.get('name')?.split(',');
  const jobs = cluster.accounted.filter(
    (job) =>
      (wanted === undefined || wanted.some((name) => named([job], name).length > 0)) &&
      (names?.includes(job.submission.name) ?? true),
  );
  const lines = jobs.flatMap((job) => {
    const steps = options.has('allocations') || job.started === undefined ? [''] : ['', '.batch'];
    return steps.map((step) => fields.map((name) => FIELDS[name.toLowerCase()](job, step)).join('|'));
  });
  const header = options.has('noheader') ? [] : [fields.join('|')];
  return { code: 0, out: [...header, ...lines].map((line) => `${line}\n`).join(''), err: '' };
};
