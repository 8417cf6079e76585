/** Bundles the script of the report's page: one file without imports, in ASCII, that HTML can hold inline. */
export function buildReportScript(options: { readonly root: string }): Promise<string>;
