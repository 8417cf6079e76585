import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CrateFile, Licence, Person } from '../crate/model.ts';
import { CliError } from './exit.ts';

/** What a person says of a crate for those who get it. */
export interface CreditOptions {
  readonly license?: string;
  readonly by?: string;
  readonly orcid?: string;
}

/** The licence that is named; else a file beside the study that says it, else what its package.json names. */
export function licenceOf({ license }: CreditOptions, studyRoot: string, files: readonly CrateFile[]): Licence {
  if (license !== undefined) return licenceNamed(license);
  const beside = files.find(
    ({ path, about }) => about.role === 'document' && /^(licen[cs]e|copying)(\.|$)/i.test(path),
  );
  if (beside !== undefined) return { from: 'file', path: beside.path };
  const declared = files.some(({ path }) => path === 'package.json') ? licenceOfPackage(studyRoot) : undefined;
  return declared === undefined ? { from: 'nowhere' } : licenceNamed(declared);
}

function licenceNamed(text: string): Licence {
  if (/^https?:\/\/\S+$/.test(text)) return { from: 'address', url: text, name: text };
  if (/^[A-Za-z0-9][A-Za-z0-9.+-]*$/.test(text)) {
    return { from: 'address', url: `https://spdx.org/licenses/${text}`, name: text };
  }
  throw new CliError(
    `--license is ${JSON.stringify(text)}. Expected an SPDX identifier such as CC-BY-4.0, or an address (https://…).`,
  );
}

/** An SPDX identifier; anything else that may stand there names no one licence. */
function licenceOfPackage(studyRoot: string): string | undefined {
  try {
    const { license } = JSON.parse(readFileSync(join(studyRoot, 'package.json'), 'utf8')) as { license?: unknown };
    if (typeof license !== 'string' || license === 'UNLICENSED' || !/^[A-Za-z0-9][A-Za-z0-9.+-]*$/.test(license))
      return undefined;
    return license;
  } catch {
    return undefined;
  }
}

/** Who ran the study: nobody is named unless asked for. Throws {@link CliError}. */
export function personOf({ by, orcid }: CreditOptions): Person | undefined {
  if (by === undefined) {
    if (orcid !== undefined) throw new CliError('--orcid belongs to a name: give --by too.');
    return undefined;
  }
  if (by.trim() === '') throw new CliError('--by is empty. Expected a name.');
  if (orcid === undefined) return { name: by };
  const digits = /^(?:https:\/\/orcid\.org\/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])$/.exec(orcid)?.[1];
  if (digits === undefined || !isOrcid(digits)) {
    throw new CliError(
      `--orcid is ${JSON.stringify(orcid)}, which is no ORCID. Expected one such as 0000-0002-1825-0097.`,
    );
  }
  return { name: by, orcid: `https://orcid.org/${digits}` };
}

/** The last character checks the others (ISO 7064, MOD 11-2). */
function isOrcid(text: string): boolean {
  const digits = text.replaceAll('-', '');
  let total = 0;
  for (const digit of digits.slice(0, -1)) total = (total + Number(digit)) * 2;
  const check = (12 - (total % 11)) % 11;
  return digits.at(-1) === (check === 10 ? 'X' : String(check));
}
