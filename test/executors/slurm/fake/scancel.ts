import { type OptionTable, parseOptions } from './options.ts';
import type { Program } from './programs.ts';
import { named } from './select.ts';

const OPTIONS: OptionTable = {
  batch: { letter: 'b' },
  clusters: { letter: 'M', value: true },
  full: { letter: 'f' },
  me: {},
  name: { letter: 'n', value: true },
  quiet: { letter: 'Q' },
  signal: { letter: 's', value: true },
  state: { letter: 't', value: true },
  user: { letter: 'u', value: true },
};

/** Of a job that is not there it says nothing, and of one that has ended neither. */
export const scancel: Program = (cluster, { args }) => {
  const { options, words, unknown } = parseOptions(args, OPTIONS, true);
  if (unknown !== undefined) return { code: 1, out: '', err: `scancel: unrecognized option '${unknown}'\n` };
  if (words.length === 0 && options.size === 0)
    return { code: 1, out: '', err: 'scancel: error: No job identification provided\n' };
  const strange = words.find((word) => !/^\d+(_(\d+|\[[\d,-]+\]))?$/.test(word));
  if (strange !== undefined) return { code: 1, out: '', err: `scancel: error: Invalid job id ${strange}\n` };
  const { live } = cluster;
  const states = options.get('state')?.toUpperCase();
  const chosen = live.filter(
    (job) =>
      (words.length === 0 || words.some((word) => named([job], word).length > 0)) &&
      (!options.has('name') || job.submission.name === options.get('name')) &&
      (!options.has('user') || job.submission.user === options.get('user')) &&
      (states === undefined || job.state === states),
  );
  const signal = options.get('signal');
  if (signal === undefined) cluster.cancel(chosen);
  else {
    const name = `SIG${signal.replace(/^SIG/, '')}` as NodeJS.Signals;
    for (const job of chosen) cluster.signal(job, name, options.has('batch'));
  }
  return { code: 0, out: '', err: '' };
};
