import type { OutFile } from '../engine/layout.ts';

/** Links from `out/report/index.html`, by format. */
export const links = (files: readonly OutFile[]): Record<string, string> =>
  Object.fromEntries(files.map(({ path }) => [formatOf(path), `../${path.replaceAll('\\', '/')}`]));

const formatOf = (path: string): string =>
  path.endsWith('.vl.json') ? 'vl.json' : path.slice(path.lastIndexOf('.') + 1);
