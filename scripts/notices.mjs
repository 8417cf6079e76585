// The licences of the packages that built files are made of: they ask to be kept with every copy.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param {string[]} inputs as esbuild names what went into a bundle, relative to the folder of the package */
export function noticesOf(root, inputs) {
  const folders = new Set(inputs.filter((path) => path.includes('node_modules/')).map(packageAbove));
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license } = manifestOf(root, folder);
      const file = readdirSync(join(root, folder)).find((each) => /^licen[cs]e/i.test(each));
      const text = file === undefined ? `Licence: ${license}` : readFileSync(join(root, folder, file), 'utf8').trim();
      return `${name} ${version}\n\n${text}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** The folder of the package that a file belongs to. */
export const packageAbove = (path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)[0];

export const manifestOf = (root, folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
