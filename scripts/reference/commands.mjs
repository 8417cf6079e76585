// docs/reference/commands.md: the command line as it declares itself.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importBundle } from './importBundle.mjs';
import { anchor, code, GENERATED, sentence, table } from './markdown.mjs';

/** The command line builds its programme and parses argv; here it is asked what it declares, and parses nothing. */
const recorder = {
  name: 'recorder',
  setup(build) {
    build.onResolve({ filter: /^commander$/ }, ({ namespace }) =>
      namespace === 'recorder' ? { path: 'commander', external: true } : { path: 'commander', namespace: 'recorder' },
    );
    build.onLoad({ filter: /.*/, namespace: 'recorder' }, () => ({
      contents: `import { Command as Declared } from 'commander';
export * from 'commander';
export class Command extends Declared {
  createCommand(name) { return new Command(name); }
  async parseAsync() { globalThis.driftlineProgramme = this; return this; }
}`,
    }));
  },
};

export async function commandsPage(root) {
  await importBundle(root, `import './src/cli/main.ts';`, [recorder]);
  const programme = globalThis.driftlineProgramme;
  const commands = leaves(programme);
  const common = commonOptions(commands);
  const list = commands.map(
    ({ name, command }) => `- [${name}](${anchor(`driftline ${name}`)}): ${command.description()}`,
  );
  return `${GENERATED}

# Commands

${programme.description()} \`driftline --help\` and \`driftline <command> --help\` tell the same in a terminal;
\`driftline --version\` prints the version.

${list.join('\n')}

## Exit codes

${table(['code', 'meaning'], exitCodes(root))}

With \`--json\` a command prints one JSON document on standard output (\`run\`: one event a line) and words on standard
error only where something is wrong.

## Common options

Commands that read a study take these; a command’s own section names the others.

${table(['option', 'default', 'meaning'], [...common.values()].map(optionRow))}

${commands.map((each) => section(each, common)).join('\n\n')}
`;
}

/** Commands that do something, under their full names. */
function leaves(programme, before = '') {
  return programme.commands.flatMap((command) => {
    const name = `${before}${command.name()}`;
    return command.commands.length > 0 ? leaves(command, `${name} `) : [{ name, command }];
  });
}

/** Options that mean the same in more than half of the commands, by their flags. */
function commonOptions(commands) {
  const counts = new Map();
  for (const { command } of commands) {
    for (const option of command.options) {
      const key = keyOf(option);
      counts.set(key, { option, count: (counts.get(key)?.count ?? 0) + 1 });
    }
  }
  return new Map(
    [...counts].filter(([, { count }]) => count > commands.length / 3).map(([key, { option }]) => [key, option]),
  );
}

const keyOf = ({ flags, description }) => `${flags} ${description}`;

function optionRow({ flags, description, argChoices, defaultValue }) {
  const plain = defaultValue !== undefined && typeof defaultValue !== 'object' && typeof defaultValue !== 'boolean';
  const choices = argChoices ? `: ${argChoices.map(code).join(', ')}` : '';
  return [code(flags), plain ? code(defaultValue) : '', sentence(description + choices)];
}

function section({ name, command }, common) {
  const words = command.registeredArguments.map((each) => {
    const dots = each.variadic ? '...' : '';
    return each.required ? `<${each.name()}${dots}>` : `[${each.name()}${dots}]`;
  });
  const parts = [
    `## driftline ${name}`,
    `${code(['driftline', name, ...words].join(' '))}: ${sentence(command.description())}`,
  ];
  const args = command.registeredArguments.flatMap(({ description, argChoices, defaultValue, variadic }, at) => {
    const choices = argChoices ? argChoices.map(code).join(', ') : '';
    const meaning = [description, choices].filter((part) => part).join(': ');
    return meaning === ''
      ? []
      : [[code(words[at]), variadic || !defaultValue ? '' : code(defaultValue), sentence(meaning)]];
  });
  if (args.length > 0) parts.push(table(['argument', 'default', 'meaning'], args));
  const own = command.options.filter((option) => !common.has(keyOf(option)));
  if (own.length > 0) parts.push(table(['option', 'default', 'meaning'], own.map(optionRow)));
  const shared = command.options.filter((option) => common.has(keyOf(option))).map(({ long }) => code(long));
  if (shared.length > 0) parts.push(`Common options: ${shared.join(', ')}.`);
  return parts.join('\n\n');
}

/** The codes with what the source says of each. */
function exitCodes(root) {
  const source = readFileSync(join(root, 'src/cli/exit.ts'), 'utf8');
  const rows = [...source.matchAll(/\/\*\* (.+) \*\/\n\s+\w+: (\d+),/g)].map(([, meaning, number]) => [
    number,
    meaning,
  ]);
  const all = source.match(/^ {2}\w+: \d+,$/gm) ?? [];
  if (rows.length !== all.length) throw new Error('an exit code in src/cli/exit.ts has no description');
  return rows;
}
