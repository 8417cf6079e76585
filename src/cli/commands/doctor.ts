import { checkUp, type Finding } from '../checkup.ts';
import { EXIT } from '../exit.ts';
import type { StudyOptions } from '../session.ts';
import { columns, paint } from '../text.ts';

const MARKS = { fine: ['green', '✓'], warning: ['yellow', '!'], wrong: ['red', '✗'] } as const;

/** `driftline doctor`: what a run needs, and what is wrong with it here. Ends with 1 where something is. */
export async function doctorCommand(options: StudyOptions & { json?: boolean }): Promise<number> {
  const findings: Finding[] = [];
  for await (const finding of checkUp(options)) findings.push(finding);
  const isWrong = findings.some(({ verdict }) => verdict === 'wrong');
  if (options.json) process.stdout.write(`${JSON.stringify({ findings }, null, 2)}\n`);
  else process.stdout.write(`${words(findings, isWrong).join('\n')}\n`);
  return isWrong ? EXIT.stageFailed : EXIT.done;
}

function words(findings: readonly Finding[], isWrong: boolean): string[] {
  const rows = columns(
    findings.map(({ check, verdict, finds }) => {
      const [colour, mark] = MARKS[verdict];
      return [`${paint(colour, mark)} ${paint('bold', check)}`, finds];
    }),
  );
  const lines = rows.flatMap((row, at) => {
    const { cure } = findings[at];
    return cure === undefined ? [row] : [row, paint('dim', `    ${cure}.`)];
  });
  return [...lines, '', isWrong ? 'Something a run needs is wrong.' : 'Everything a run needs is there.'];
}
