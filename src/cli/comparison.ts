import type { ClaimDifference } from '../compare/claims.ts';
import type { CodeDifference } from '../compare/code.ts';
import type { Comparison, Incomparable } from '../compare/compare.ts';
import type { FigureDifference } from '../compare/figures.ts';
import type { LeafChange } from '../compare/leaves.ts';
import type { SettingsDifference } from '../compare/settings.ts';
import { numbersSection, percent } from './comparisonNumbers.ts';
import { columns, number, paint, plural } from './text.ts';

/** How a side of a comparison is called. */
export interface SideName {
  readonly run: string | null;
  readonly profile: string | null;
  readonly targets: readonly string[];
  readonly tags: readonly string[];
}

/** Lines of each section that are printed unless all are asked for. */
const SHOWN = 10;

/** Prints a comparison: first what it means for the claims, then the numbers, and last where it comes from. */
export function printComparison(from: SideName, to: SideName, found: Comparison, all: boolean): void {
  const say = (line: string): boolean => process.stdout.write(`${line}\n`);
  say(`From ${sideWords(from)}`);
  say(`to   ${sideWords(to)}`);
  const sections = [
    claimsSection(found),
    ...numbersSection(found.tables, all),
    tablesSection(found),
    figuresSection(found.figures),
    settingsSection(found.settings),
    codeSection(found.code),
  ].filter(({ lines }) => lines.length > 0);
  for (const { title, lines, uncut } of sections) {
    say(`\n${paint('bold', title)}`);
    cut(lines, all || uncut === true);
  }
  const same = sameWords(found);
  if (sections.length === 0) say(`\nNo difference${same === '' ? '' : `: ${same} the same`}.`);
  else if (same !== '') say(`\nThe same: ${same}.`);
  const missing = found.incomparable;
  if (missing.length === 0) return;
  say(`\n${paint('yellow', `Not compared: ${plural(missing.length, 'result')}`)}`);
  cut(
    columns(gaps(missing)).map((line) => `  ${line}`),
    all,
  );

  function cut(lines: readonly string[], whole: boolean): void {
    const shown = whole || lines.length <= SHOWN + 1 ? lines : lines.slice(0, SHOWN);
    for (const line of shown) say(line);
    if (shown.length < lines.length) say(paint('dim', `  and ${lines.length - shown.length} more (--all)`));
  }
}

/** Lines under a title; `uncut` where they are few or belong together. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
  readonly uncut?: boolean;
}

function sideWords({ run, profile, targets, tags }: SideName): string {
  const name = run === null ? 'the study as it is' : `run ${run}`;
  const more = [
    ...(profile === null ? [] : [`profile ${profile}`]),
    ...tags.map((tag) => `tag ${tag}`),
    ...(targets.length === 0 ? [] : [`only ${targets.join(', ')}`]),
  ];
  return more.length === 0 ? name : `${name} (${more.join(', ')})`;
}

const sameWords = ({ sameClaims, sameTables, sameFigures }: Comparison): string =>
  [
    ...(sameClaims > 0 ? [plural(sameClaims, 'claim')] : []),
    ...(sameTables.length > 0 ? [`${plural(sameTables.length, 'table')} byte for byte`] : []),
    ...(sameFigures.length > 0 ? [plural(sameFigures.length, 'figure')] : []),
  ].join(', ');

function claimsSection({ claims }: Comparison): Section {
  const order = [...claims].sort((a, b) => Number(b.moved) - Number(a.moved));
  const moved = claims.filter((claim) => claim.moved).length;
  const rest = claims.length - moved;
  const parts = [...(moved > 0 ? [`${moved} moved`] : []), ...(rest > 0 ? [`${rest} with other numbers`] : [])];
  return { title: `Claims: ${parts.join(', ')}`, lines: order.map(claimLines) };
}

function claimLines({ id, from, to, moved, otherTest, numbers, rows }: ClaimDifference): string {
  const verdict =
    from === null
      ? `new, ${coloured(to!)}`
      : to === null
        ? `gone, was ${from}`
        : moved
          ? `${from} → ${coloured(to)}`
          : `still ${to}`;
  const notes = [...(otherTest ? ['tested otherwise'] : []), ...numbers.map(leafWords), ...rows.map(rowWords)];
  const head = `  ${moved ? paint('bold', id) : id}: ${verdict}`;
  if (!moved) return `${head}${paint('dim', notes.length === 0 ? '' : `; ${notes.join(' · ')}`)}`;
  return [head, ...notes.map((note) => paint('dim', `      ${note}`))].join('\n');
}

const COLOURS = { supported: 'green', refuted: 'red', undecided: 'yellow' } as const;

const coloured = (verdict: string): string =>
  verdict in COLOURS ? paint(COLOURS[verdict as keyof typeof COLOURS], verdict) : verdict;

const ROWS: Readonly<Record<string, string>> = {
  rows: 'rows it speaks of',
  holds: 'rows that bear it out',
  fails: 'rows against it',
};

const rowWords = (change: LeafChange): string => leafWords({ ...change, path: ROWS[change.path] ?? change.path });

const leafWords = ({ path, from, to }: LeafChange): string => `${path}  ${valueWords(from)} → ${valueWords(to)}`;

function valueWords(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (typeof value === 'number') return number(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (/^[0-9a-f]{64}$/.test(text)) return text.slice(0, 12);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

const tablesSection = ({ addedTables, removedTables }: Comparison): Section => ({
  title: 'Tables of one side alone',
  lines: [...addedTables.map((name) => `  + ${name}`), ...removedTables.map((name) => `  − ${name}`)],
});

const figuresSection = (figures: readonly FigureDifference[]): Section => ({
  title: `Figures: ${figures.length} changed`,
  lines: figures.map(({ figure, spec, data, drawnOtherwise }) => {
    const parts = [
      ...data.map(({ name, added, removed, changed, rows, fields }) => {
        const counts = [
          ...(changed > 0 ? [`${changed} of ${plural(rows.from, 'row')} changed`] : []),
          ...(added > 0 ? [`${added} new`] : []),
          ...(removed > 0 ? [`${removed} gone`] : []),
        ];
        const sizes = fields.map(({ field, largest }) =>
          largest === undefined ? field : `${field} ${percent(largest)}`,
        );
        const most =
          sizes.length === 0 ? '' : ` (at most: ${sizes.slice(0, 5).join(', ')}${sizes.length > 5 ? ', …' : ''})`;
        return `data ${name}: ${counts.join(', ')}${most}`;
      }),
      ...spec.slice(0, SPEC_SHOWN).map((change) => `spec ${leafWords(change)}`),
      ...(spec.length > SPEC_SHOWN ? [`spec: ${spec.length - SPEC_SHOWN} more places (--json)`] : []),
      ...(drawnOtherwise.length > 0 ? [`the same spec and data, drawn otherwise: ${drawnOtherwise.join(', ')}`] : []),
    ];
    return [`  ${figure}`, ...parts.map((part) => `      ${part}`)].join('\n');
  }),
});

const SPEC_SHOWN = 4;

function settingsSection({ params, study, addedStages, removedStages, stages }: SettingsDifference): Section {
  const cells = (names: readonly string[]): string =>
    `${names.slice(0, 4).join(' ')}${names.length > 4 ? ` … (${names.length})` : ''}`;
  const lines = [
    ...study.map((change) => `  ${leafWords(change)}`),
    ...(params ?? []).map((change) => `  ${leafWords(change)}`),
    ...(addedStages.length > 0 ? [`  new stages: ${addedStages.join(', ')}`] : []),
    ...(removedStages.length > 0 ? [`  stages gone: ${removedStages.join(', ')}`] : []),
    ...stages.flatMap(({ stage, addedCells, removedCells }) => [
      ...(addedCells.length > 0 ? [`  ${stage}: new cells ${cells(addedCells)}`] : []),
      ...(removedCells.length > 0 ? [`  ${stage}: cells gone ${cells(removedCells)}`] : []),
    ]),
    ...toldOtherwise(stages),
  ];
  const unknown = params === undefined ? ' (a journal does not say what the parameters of the study were)' : '';
  return { title: `Parameters${unknown}`, lines };
}

/** What stages were told otherwise; a change that many stages share is one line. */
function toldOtherwise(stages: SettingsDifference['stages']): string[] {
  const groups = new Map<string, string[]>();
  for (const { stage, cells, changes } of stages) {
    for (const change of changes) {
      const words = leafWords({ ...change, path: change.path.replace(/^with\./, '') });
      const where = change.cells < cells ? `${stage} (${change.cells} of ${plural(cells, 'cell')})` : stage;
      groups.set(words, [...(groups.get(words) ?? []), where]);
    }
  }
  return [...groups].map(([words, names]) => `  ${words} in ${some(names)}`);
}

const some = (names: readonly string[]): string =>
  `${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ` and ${names.length - NAMED} more` : ''}`;

/** Stages or targets that are named in a line. */
const NAMED = 6;

const codeSection = (code: readonly CodeDifference[]): Section => ({
  title: 'Code',
  lines: code.map(({ stages, files, packages }) => {
    const what = [...files, ...packages.map((change) => `package ${leafWords(change)}`)];
    return `  ${some(stages)}: ${what.length === 0 ? 'another version' : what.slice(0, 8).join(', ')}${what.length > 8 ? ', …' : ''}`;
  }),
});

const REASONS = {
  absent: 'was not there',
  failed: 'failed',
  skipped: 'was skipped after a failure',
  unasked: 'was not asked for',
  outdated: 'is not up to date',
  removed: 'was removed from the store',
} as const;

/** Results that are missing for one reason, together. */
function gaps(missing: readonly Incomparable[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const { target, from, to } of missing) {
    const reasons = [
      ...(from === undefined ? [] : [`${REASONS[from]} on the first side`]),
      ...(to === undefined ? [] : [`${REASONS[to]} on the second side`]),
    ];
    const reason = reasons.length > 1 && from === to ? `${REASONS[from!]} on both sides` : reasons.join(', ');
    groups.set(reason, [...(groups.get(reason) ?? []), target]);
  }
  return [...groups].map(([reason, targets]) => [`${reason}:`, some(targets)]);
}
