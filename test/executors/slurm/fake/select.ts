import { type FakeJob, nameOf } from './job.ts';

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
