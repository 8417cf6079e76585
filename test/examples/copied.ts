import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TemporaryStudy } from '../cli/study.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url));

export const exampleNames = (): string[] => readdirSync(EXAMPLES).sort();

export const readmeOf = (name: string): string => readFileSync(join(EXAMPLES, name, 'README.md'), 'utf8');

/** A copy of an example, from where no file of this package is to be seen, without what running it left. */
export function copied(name: string, place: string): TemporaryStudy {
  const study = new TemporaryStudy(join(place, name));
  const isOwn = (path: string): boolean => !/[\\/](out|\.driftline)$/.test(path);
  cpSync(join(EXAMPLES, name), study.root, { recursive: true, filter: isOwn });
  return study;
}

export interface Verdict {
  readonly id: string;
  readonly verdict: string;
  readonly numbers: Readonly<Record<string, number>>;
}

export const verdictsOf = ({ root }: TemporaryStudy): Verdict[] =>
  JSON.parse(readFileSync(join(root, 'out', 'claims.json'), 'utf8')).claims;

/** The claims of a README's table, each with its numbers as they are written. */
export const claimsTold = (readme: string): { id: string; verdict: string; numbers: Record<string, string> }[] =>
  [...readme.matchAll(/^\| `([\w-]+)`: .* \| (\w+) \| (.*) \|$/gm)].map(([, id, verdict, numbers]) => ({
    id,
    verdict,
    numbers: Object.fromEntries(numbers.split(', ').map((pair) => pair.split(' '))),
  }));
