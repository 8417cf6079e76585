import { type FakeJob, nameOf } from './job.ts';

/** One job, or those of an array that have not begun, of which Slurm has one record. */
export type JobRecord = readonly [FakeJob, ...FakeJob[]];

const isShared = ({ task, state, restarts, started }: FakeJob): boolean =>
  task !== undefined && (state === 'PENDING' ? restarts === 0 : started === undefined);

export function recordsOf(jobs: readonly FakeJob[]): JobRecord[] {
  const shared = new Map<number, [FakeJob, ...FakeJob[]]>();
  const records: JobRecord[] = [];
  for (const job of jobs) {
    const group = isShared(job) ? shared.get(job.array) : undefined;
    if (group !== undefined) group.push(job);
    else {
      const record: [FakeJob] = [job];
      records.push(record);
      if (isShared(job)) shared.set(job.array, record);
    }
  }
  return records;
}

/** `2-4,7%2`: the numbers in the array of a record, with how many of those that have not begun may run at once. */
export function tasksOf(record: JobRecord): string {
  const [job] = record;
  const together = isShared(job) ? job.submission.throttle : undefined;
  return ranges(record.map(({ task }) => task!)) + (together === undefined ? '' : `%${together}`);
}

/** `1-3,5` of some numbers. */
export function ranges(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < numbers.length; ) {
    let end = at;
    while (numbers[end + 1] === numbers[end] + 1) end++;
    parts.push(end === at ? String(numbers[at]) : `${numbers[at]}-${numbers[end]}`);
    at = end + 1;
  }
  return parts.join(',');
}

/** Those of the jobs that a name such as `7`, `7_2` or `7_[1-3]` speaks of. */
export function named(jobs: readonly FakeJob[], name: string): FakeJob[] {
  const [, array, list] = /^(\d+)_\[([\d,-]+)(?:%\d+)?\]$/.exec(name) ?? [];
  if (array === undefined) {
    return jobs.filter((job) => nameOf(job) === name || String(job.array) === name || String(job.id) === name);
  }
  const within = (task: number): boolean =>
    list.split(',').some((part) => {
      const [from, to = from] = part.split('-').map(Number);
      return from <= task && task <= to;
    });
  return jobs.filter((job) => String(job.array) === array && within(job.task ?? -1));
}
