import { relative } from 'node:path';
import type { Done } from './execution.ts';
import { duration, paint, plural } from './text.ts';

export const say = (line: string): boolean => process.stdout.write(`${line}\n`);

export function printNothing(actions: number, reportPath: string | undefined): void {
  say(`Nothing had to run: all ${plural(actions, 'result')} were there already.`);
  if (reportPath !== undefined) say(`Report: ${relative(process.cwd(), reportPath)}`);
}

export function printTag(tag: string | undefined, run: string | undefined): void {
  if (tag === undefined) return;
  say(
    run === undefined ? `${tag} names no run, for this one did not succeed.` : `${tag} is now the name of run ${run}.`,
  );
}

export function printSummary(done: Done, seconds: number, reportPath: string | undefined, superseded = false): void {
  const { counts, notNeeded, fetched, interrupted } = done;
  if (counts.executed + counts.failed + fetched === 0 && !interrupted) printNothing(counts.cached, reportPath);
  else {
    const parts = [`${counts.executed} executed`, `${counts.cached - fetched} cached`];
    if (fetched > 0) parts.push(`${fetched} fetched`);
    if (counts.failed > 0) parts.push(paint('red', `${counts.failed} failed`));
    if (counts.skipped > 0) parts.push(`${counts.skipped} skipped`);
    if (notNeeded.size > 0) parts.push(`${notNeeded.size} not needed`);
    say(
      `${superseded ? 'Stopped' : interrupted ? 'Interrupted' : counts.failed > 0 ? 'Failed' : 'Done'} in ${duration(seconds)}: ${parts.join(', ')}.`,
    );
    if (reportPath !== undefined) say(`Report: ${relative(process.cwd(), reportPath)}`);
  }
}
