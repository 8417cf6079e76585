// `npm run docs`: writes docs/reference/ from the types of the sources; with --check only says what of it is stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandsPage } from './reference/commands.mjs';
import { kindsPage } from './reference/kinds.mjs';
import { languagePage } from './reference/language.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'docs', 'reference');

const pages = {
  'kinds.md': await kindsPage(root),
  'commands.md': await commandsPage(root),
  'language.md': languagePage(root),
};

const stale = Object.entries(pages).filter(([name, text]) => {
  const path = join(folder, name);
  return !existsSync(path) || readFileSync(path, 'utf8') !== text;
});
if (process.argv.includes('--check')) {
  for (const [name] of stale) process.stdout.write(`docs/reference/${name} is stale: npm run docs\n`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of stale) writeFileSync(join(folder, name), text);
  process.exitCode = 0;
}
