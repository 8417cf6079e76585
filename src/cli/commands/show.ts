import type { ActionNode } from '../../engine/graph.ts';
import { outFiles } from '../../engine/layout.ts';
import type { ActionRecord, StoredOutput } from '../../store/actions.ts';
import { CliError, EXIT } from '../exit.ts';
import {
  forecastSession,
  openSession,
  resolveTarget,
  type Session,
  type StudyOptions,
  selectNodes,
} from '../session.ts';
import { paint, plural } from '../text.ts';

/** `driftline show <target>`: a table in the terminal. */
export async function showCommand(
  target: string,
  options: StudyOptions & { json?: boolean; rows?: number },
): Promise<number> {
  const session = await openSession(options);
  const name = resolveTarget(session, target);
  const forecasts = forecastSession(session, selectNodes(session, [name]));
  const wanted = forecasts.filter(
    ({ node }) => node.target === name || (node.stage.name === name && node.role === 'gather'),
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
  if (output === undefined) throw new CliError(noTable(found.node, found.record));
  const { decodeArrow } = await import('../../tables/arrow.ts');
  const table = decodeArrow(session.cas.get(output.digest));
  if (options.json) {
    const { jsonRows } = await import('../../tables/rows.ts');
    const document = { target: found.node.target, schema: table.schema, rows: jsonRows(table) };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return EXIT.done;
  }
  const { courses, showTable } = await import('../tableLines.ts');
  const limit = options.rows ?? ROWS;
  const { lines, hidden } = showTable(table, limit, process.stdout);
  const more = table.rows - limit;
  const footer = [
    `${found.node.target}: ${plural(table.rows, 'row')}${more > 0 ? `, ${more} not shown (--rows ${table.rows})` : ''}`,
    ...(hidden.length > 0 ? [`The terminal has no room for ${hidden.join(', ')}.`] : []),
  ];
  const drawn = table.rows >= FEWEST_ROWS ? courses(table, process.stdout) : [];
  const all = [...lines, ...footer.map((line) => paint('dim', line)), ...(drawn.length > 0 ? ['', ...drawn] : [])];
  process.stdout.write(`${all.join('\n')}\n`);
  return EXIT.done;
}

/** Rows that are shown unless asked for more, and rows from which on a column has a course to be drawn. */
const ROWS = 20;
const FEWEST_ROWS = 4;

function noTable(node: ActionNode, record: ActionRecord): string {
  const { name } = node.stage;
  if (name.startsWith('claim:')) return `${name} gives a verdict and no table: driftline claims shows it.`;
  const paths = outFiles(node, record).map(({ path }) => path);
  const where = paths.length === 0 ? '.' : `; its files are in out/: ${paths.join(', ')}`;
  return `${node.target} gives no table${where}`;
}

/** Results belong to parameters: those of another profile are others. */
const underProfile = ({ plan }: Session): string =>
  plan.profile === null ? 'under the parameters of no profile (--profile names one)' : `under profile ${plan.profile}`;

const tableOutput = (node: ActionNode, outputs: Readonly<Record<string, StoredOutput>>): StoredOutput | undefined =>
  node.role === 'gather' ? outputs.table : Object.values(outputs).find((output) => output.rows !== undefined);
