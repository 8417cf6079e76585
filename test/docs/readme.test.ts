import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { TemporaryStudy } from '../cli/study.ts';
import { fencesOf } from './fences.ts';
import { ROOT } from './instrumented.ts';
import { isShown } from './session.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const fences = fencesOf(readme).filter(({ heading }) => heading === 'A study in twenty lines');
const [study, verdict, mistake] = fences;
const folder = mkdtempSync(join(tmpdir(), 'driftline-readme-'));
const place = new TemporaryStudy(folder, { 'pipeline.yaml': study.text });

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the study on the first page', () => {
  it('has twenty lines or so, runs, and bears its claim out', async () => {
    expect(study.text.trimEnd().split('\n').length).toBeLessThan(22);
    const { code, err } = await place.driftline('run');
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    const { out } = await place.driftline('claims');
    expect([isShown(out, verdict.text), out]).toEqual([true, out]);
    const { rows } = JSON.parse((await place.driftline('show', 'both.table', '--json')).out);
    expect(rows.map(({ C }: { C: number }) => C)).toEqual([2, 3, 4, 6, 8]);
  });

  it('runs only what is new when a threshold is added', async () => {
    place.write({ 'pipeline.yaml': study.text.replace('6, 8]', '6, 7, 8]') });
    const { out } = await place.driftline('run', '--dry-run', '--json');
    const { actions } = JSON.parse(out) as { actions: { target: string; state: string }[] };
    const targets = actions.flatMap(({ target, state }) => (state === 'run' ? [target] : []));
    const cells = targets.filter((target) => /^(simulated|exact)\[/.test(target));
    expect(cells.length).toBeGreaterThan(0);
    expect(cells.filter((target) => !target.includes('C=7'))).toEqual([]);
  });

  it('shows what is said of a mistake in it', async () => {
    place.write({ 'pipeline.yaml': study.text.replace('C: [2,', 'C: [1, 2,') });
    const { code, err } = await place.driftline('run');
    expect(code).toBe(2);
    expect([isShown(err, mistake.text), err]).toEqual([true, err]);
  });
});

const pages = ['README.md', ...markdownBelow('docs')];

function markdownBelow(path: string): string[] {
  return readdirSync(join(ROOT, path), { withFileTypes: true }).flatMap((entry) => {
    const below = `${path}/${entry.name}`;
    if (entry.isDirectory()) return markdownBelow(below);
    return entry.name.endsWith('.md') ? [below] : [];
  });
}

const anchorsOf = (page: string): string[] =>
  [
    ...readFileSync(join(ROOT, page), 'utf8')
      .replace(/^```[\s\S]*?^```$/gm, '')
      .matchAll(/^#+ (.*)$/gm),
  ].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('every page', () => {
  it.each(pages)('%s links to pages and headings that are there', (page) => {
    const text = readFileSync(join(ROOT, page), 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
    const broken = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link]) => link)
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [path, anchor] = link.split('#');
        const target = path === '' ? page : join(dirname(page), path);
        if (!existsSync(join(ROOT, target))) return true;
        return anchor !== undefined && !anchorsOf(target).includes(anchor);
      });
    expect(broken).toEqual([]);
  });

  it('is in the index of the documentation', () => {
    const index = readFileSync(join(ROOT, 'docs/README.md'), 'utf8');
    const missing = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
    expect(missing.filter((page) => !index.includes(`](${page.slice('docs/'.length)})`))).toEqual([]);
  });

  it.each(pages)('%s names only commands and options that there are', (page) => {
    const wrong = commandLines(page).filter((line) => wrongIn(line));
    expect(wrong).toEqual([]);
  });
});

/** The commands with their options, as the reference lists them, which is held to the command line itself. */
const declared = new Map(
  readFileSync(join(ROOT, 'docs/reference/commands.md'), 'utf8')
    .split(/^## driftline /m)
    .slice(1)
    .map((section) => [
      section.slice(0, section.indexOf('\n')),
      new Set([...section.matchAll(/`(?:-\w, )?(--[a-z-]+)/g)].map(([, option]) => option)),
    ]),
);

/** Lines of a page's blocks that call Driftline, without what follows in a comment or another command. */
function commandLines(page: string): string[] {
  return fencesOf(readFileSync(join(ROOT, page), 'utf8'))
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.split('\n'))
    .map((line) => line.replace(/ +#.*$/, '').replace(/^npm start --(?= )/, 'driftline run'))
    .flatMap((line) => /(?:^|&& |; )(?:[\w=./~$"-]+ )*?(?:npx |\S*bin\/)?driftline (.*)$/.exec(line)?.[1] ?? []);
}

function wrongIn(line: string): boolean {
  const words = line.split(/\s+[|>]/)[0].split(/\s+/);
  if (words.every((word) => ['--help', '--version', '-V'].includes(word))) return false;
  const options = declared.get(words.slice(0, 2).join(' ')) ?? declared.get(words[0]);
  if (options === undefined) return true;
  return words.some((word) => word.startsWith('--') && !options.has(word.split('=')[0]) && word !== '--help');
}
