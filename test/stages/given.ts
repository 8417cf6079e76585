import type { Table } from '../../src/tables/table.ts';

/** What a kind without seed, progress or scratch folder of interest is given in tests. */
export const given = <P>(
  params: P,
  inputs: Readonly<Record<string, Table | Uint8Array>>,
  files: Readonly<Record<string, Uint8Array>> = {},
) => ({
  params,
  inputs: inputs as never,
  files,
  seed: '0'.repeat(64),
  progress: () => {},
  signal: new AbortController().signal,
  scratch: '/nowhere',
  checkpoint: { given: undefined, save: () => undefined },
});
