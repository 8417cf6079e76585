import type { Failure, RunEvent } from '../engine/events.ts';
import { escaped } from './steering.ts';
import { duration, paint, wrap } from './text.ts';

export type FailedEvent = RunEvent & { readonly type: 'action-failed' };

/** How a person calls up the study again: the flags that decide what a target is. */
export interface Invocation {
  readonly file: string;
  readonly profile?: string;
  readonly set: Readonly<Record<string, string>>;
}

/** Lines of a failed action's log that are shown. */
const LOG_LINES = 10;

/** Failures of what surrounds an action, which would not show when it is run alone. */
const OUTSIDE: ReadonlySet<Failure['kind']> = new Set([
  'input-changed',
  'missing-input',
  'damaged-input',
  'store-refuses',
  'cancelled',
]);

/**
 * A failed action in lines: its error, where in its own code that arose, the end of its log, and the command that runs
 * it again alone. `brief` is the first line only, for one of many that failed in the same stage.
 */
export function failureWords(
  event: FailedEvent,
  stream: NodeJS.WriteStream,
  { brief, invocation }: { readonly brief?: boolean; readonly invocation?: Invocation | undefined },
): string[] {
  const { target, failure, retryIn, log } = event;
  const again = retryIn === undefined ? '' : ` — trying again in ${duration(retryIn)}`;
  const [first, ...more] = escaped(failure.message).split('\n');
  const [head, ...rest] = wrap(`${target}: ${first}${again}`, (stream.columns ?? 100) - 2);
  const lines = [`${paint('red', '✗', stream)} ${head}`, ...rest.map((line) => `  ${line}`)];
  if (brief) return lines;
  lines.push(...more.map((line) => `  ${line}`));
  if (retryIn !== undefined) return lines;
  const dim = (line: string): string => paint('dim', `  ${line}`, stream);
  lines.push(...(failure.stack === undefined ? [] : escaped(failure.stack).split('\n')).map(dim));
  // A failed program's message ends with what it printed.
  if (log && more.length === 0) lines.push(...tail(log).map((line) => dim(`| ${line}`)));
  if (invocation !== undefined && !OUTSIDE.has(failure.kind)) {
    lines.push(`  Reproduce it with: ${paint('bold', commandFor(target, invocation), stream)}`);
  }
  return lines;
}

/** The end of a log, and how much stands before it. */
function tail(log: string): string[] {
  const lines = escaped(log).trimEnd().split('\n');
  const hidden = lines.length - LOG_LINES;
  return hidden > 0 ? [`(${hidden} lines before)`, ...lines.slice(-LOG_LINES)] : lines;
}

/** `driftline stage run 'tails[C=2]#3' --profile quick`, to be pasted into a shell. */
export function commandFor(target: string, { file, profile, set }: Invocation): string {
  return [
    'driftline stage run',
    quoted(target),
    ...(file === 'pipeline.yaml' ? [] : ['--file', quoted(file)]),
    ...(profile === undefined ? [] : ['--profile', quoted(profile)]),
    ...Object.entries(set).flatMap(([name, value]) => ['--set', quoted(`${name}=${value}`)]),
  ].join(' ');
}

/** A word as the shell of this system takes it for one. */
export function quoted(word: string, platform: NodeJS.Platform = process.platform): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return platform === 'win32' ? `"${word.replaceAll('"', '\\"')}"` : `'${word.replaceAll("'", "'\\''")}'`;
}
