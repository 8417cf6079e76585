import { InvalidArgumentError } from 'commander';
import type { SampleSize } from '../engine/recompute.ts';
import { MEMORY_FORM, readMemory, readTime, TIME_FORM } from '../study/quantities.ts';

// What an option's text stands for; each throws commander's error, which says what was expected.

/** `--set a=1 --set b=2` as one record. */
export function collect(pair: string, pairs: Readonly<Record<string, string>>): Record<string, string> {
  const equals = pair.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('Expected key=value.');
  return { ...pairs, [pair.slice(0, equals)]: pair.slice(equals + 1) };
}

/** `--slurm partition=main --slurm jobs=50`, in the order given: options of sbatch may stand there several times. */
export function slurmSetting(pair: string, pairs: readonly (readonly [string, string])[]): [string, string][] {
  const [[name, value]] = Object.entries(collect(pair, {}));
  return [...pairs.map(([before, given]): [string, string] => [before, given]), [name, value]];
}

/** Names, in the order given. */
export const names = (name: string, before: readonly string[]): string[] => [...before, name];

/** A whole number from 1. */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('Expected a whole number from 1.');
  return value;
}

export function port(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1 && number <= 65_535) return number;
  throw new InvalidArgumentError('Expected a port from 1 to 65535.');
}

/** `20`, or `5%`. */
export function sampleSize(text: string): SampleSize {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text);
  if (percent === null && /^\d{1,15}$/.test(text)) return { count: Number(text) };
  if (percent === null || Number(percent[1]) > 100) throw new InvalidArgumentError('Expected a number or 0% to 100%.');
  return { fraction: Number(percent[1]) / 100 };
}

/** A time, in seconds; 0 has no need of a unit. */
export function grace(text: string): number {
  const seconds = /^0[smh]?$/.test(text) ? 0 : readTime(text);
  if (seconds === undefined) throw new InvalidArgumentError(`Expected ${TIME_FORM}.`);
  return seconds;
}

/** `500MB`, in bytes. */
export function size(text: string): number {
  const bytes = readMemory(text);
  if (bytes === undefined) throw new InvalidArgumentError(`Expected ${MEMORY_FORM}.`);
  return bytes;
}
