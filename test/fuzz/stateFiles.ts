import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sha256 } from '../../src/store/canonical.ts';

/** Puts an input where a store has a file, and lets it be read from there. */
export function at<T>(path: string, bytes: Uint8Array | string, read: (root: string, file: string) => T): T {
  const root = mkdtempSync(join(tmpdir(), 'driftline-fuzz-'));
  try {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    return read(root, file);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** An input under the seal of one who knows how to make it. */
export function sealed(input: Uint8Array): string {
  const body = new TextDecoder().decode(input);
  return `{"sha256":"${sha256(body)}","value":${body}}`;
}

/** What holds JSON together. */
export const JSON_SIGNS = ['{', '}', '[', ']', ',', ':'];

/** What state files are made of. */
export const JSON_WORDS = [
  ...JSON_SIGNS,
  '"outputs"',
  '"digest"',
  '"bytes"',
  '"rows"',
  '"seconds"',
  '"run"',
  '"target"',
  '"actions"',
  '"counts"',
  '"key"',
  '"format"',
  '"path"',
  `"${'a'.repeat(64)}"`,
  'null',
  '-1',
  '1e400',
  '{}',
  '[[',
  '""',
];
