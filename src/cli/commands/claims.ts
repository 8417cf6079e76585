import { EXIT } from '../exit.ts';
import { currentRecords, forecastSession, openSession, type StudyOptions, selectNodes } from '../session.ts';
import { escaped } from '../steering.ts';
import { columns, number, paint, plural, wrap } from '../text.ts';
import { type ClaimResult, claimResults, claimsDocument } from '../verdicts.ts';

/** `driftline claims`: the verdicts of what is in the store now. */
export async function claimsCommand(options: StudyOptions & { json?: boolean; strict?: boolean }): Promise<number> {
  const session = await openSession(options);
  const records = currentRecords(forecastSession(session, selectNodes(session, [])));
  const results = claimResults(session.plan, records, session.cas);
  if (options.json) process.stdout.write(`${JSON.stringify(claimsDocument(session.plan, results), null, 2)}\n`);
  else printClaims(results);
  const refuted = results.some(({ found }) => found?.verdict === 'refuted');
  return options.strict && refuted ? EXIT.claimRefuted : EXIT.done;
}

const MARKS = {
  supported: ['green', '✓ supported'],
  refuted: ['red', '✗ refuted'],
  undecided: ['yellow', '? undecided'],
  missing: ['dim', '· not tested'],
} as const;

/** Widths of the columns for the verdict and for its source, with what stands between columns. */
const VERDICT = 14;
const SOURCE = 24;

/** The claims table: verdict, where it is said, what is said, and the numbers; without `untested` of tested claims only. */
export function printClaims(results: readonly ClaimResult[], { untested } = { untested: true }): void {
  if (results.length === 0) return;
  const shown = results.filter(({ found }) => untested || found !== undefined);
  const limit = Math.max(40, Math.min(process.stdout.columns ?? 100, 120) - VERDICT - SOURCE - 2);
  const rows = shown.flatMap((claim) => {
    const [style, words] = MARKS[claim.found?.verdict ?? 'missing'];
    const sources = wrap(escaped(claim.source ?? ''), SOURCE);
    const lines = [
      ...wrap(escaped(claim.says), limit),
      ...wrap(numbersOf(claim), limit).map((line) => paint('dim', line)),
    ];
    return Array.from({ length: Math.max(sources.length, lines.length) }, (_, at) => [
      at === 0 ? paint(style, words) : '',
      sources[at] ?? '',
      lines[at] ?? '',
    ]);
  });
  if (rows.length > 0) process.stdout.write(`\n${columns(rows).join('\n')}\n`);
  const count = (verdict: string): number =>
    results.filter(({ found }) => (found?.verdict ?? 'missing') === verdict).length;
  const missing = count('missing');
  process.stdout.write(
    `\n${plural(results.length, 'claim')}: ${count('supported')} supported, ${count('refuted')} refuted, ${count('undecided')} undecided${missing > 0 ? `, ${missing} not tested` : ''}\n`,
  );
}

const numbersOf = ({ found }: ClaimResult): string =>
  Object.entries(found?.numbers ?? {})
    .map(([name, value]) => `${name} ${typeof value === 'number' ? number(value) : (value ?? 'none')}`)
    .join(' · ');
