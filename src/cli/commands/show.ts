import type { ActionNode } from '../../engine/graph.ts';
import type { StoredOutput } from '../../store/actions.ts';
import { CliError, EXIT } from '../exit.ts';
import { forecastSession, openSession, type Session, type StudyOptions, selectNodes } from '../session.ts';
import { columns, number, paint } from '../text.ts';

/** `driftline show <target>`: a table in the terminal. */
export async function showCommand(
  target: string,
  options: StudyOptions & { json?: boolean; rows?: number },
): Promise<number> {
  const session = await openSession(options);
  const forecasts = forecastSession(session, selectNodes(session, [target]));
  const wanted = forecasts.filter(
    ({ node }) => node.target === target || (node.stage.name === target && node.role === 'gather'),
  );
  const found = wanted.find((item) => item.state === 'cached') ?? wanted[0];
  if (found?.state === 'not-needed') {
    throw new CliError(
      `${target} is not needed, so it has no result. driftline why '${target}' tells why.`,
      EXIT.stageFailed,
    );
  }
  if (found === undefined || found.state !== 'cached') {
    throw new CliError(
      `${target} has no result that is up to date ${underProfile(session)}. Make it with: driftline run ${target}`,
      EXIT.stageFailed,
    );
  }
  const output = tableOutput(found.node, found.record.outputs);
  if (output === undefined) throw new CliError(`${target} gives no table; its files are in out/.`);
  const { decodeArrow } = await import('../../tables/arrow.ts');
  const { jsonRows } = await import('../../tables/rows.ts');
  const table = decodeArrow(session.cas.get(output.digest));
  const rows = jsonRows(table);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ target: found.node.target, schema: table.schema, rows }, null, 2)}\n`);
    return EXIT.done;
  }
  const limit = options.rows ?? 20;
  const names = Object.keys(table.schema);
  const cells = rows.slice(0, limit).map((row) => names.map((name) => word(row[name])));
  const align = names.map((name) => (table.schema[name] === 'utf8' ? 'left' : 'right') as 'left' | 'right');
  const [head, ...lines] = columns([names, ...cells], align);
  process.stdout.write(`${[paint('bold', head), ...lines].join('\n')}\n`);
  const more = rows.length - cells.length;
  process.stdout.write(
    paint(
      'dim',
      `${found.node.target}: ${rows.length} rows${more > 0 ? `, ${more} not shown (--rows ${rows.length})` : ''}\n`,
    ),
  );
  return EXIT.done;
}

/** Results belong to parameters: those of another profile are others. */
const underProfile = ({ plan }: Session): string =>
  plan.profile === null ? 'under the parameters of no profile (--profile names one)' : `under profile ${plan.profile}`;

const tableOutput = (node: ActionNode, outputs: Readonly<Record<string, StoredOutput>>): StoredOutput | undefined =>
  node.role === 'gather' ? outputs.table : Object.values(outputs).find((output) => output.rows !== undefined);

function word(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'number' ? number(value) : String(value);
}
