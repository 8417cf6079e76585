/** Bundles the script of a page: one file without imports, in ASCII, that HTML can hold inline. */
export function buildPage(options: {
  readonly root: string;
  readonly layer: 'report' | 'dashboard';
}): Promise<{ readonly script: string; readonly inputs: readonly string[] }>;
