/** Bundles the script of a page: one file without imports, in ASCII, that HTML can hold inline. */
export function buildPageScript(options: {
  readonly root: string;
  readonly layer: 'report' | 'dashboard';
}): Promise<string>;
