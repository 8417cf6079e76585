import { dirname, resolve } from 'node:path';
import { allRuns } from '../../store/runs.ts';
import { allTags } from '../../store/tags.ts';
import { EXIT } from '../exit.ts';
import { storeOf } from '../storeFolder.ts';
import { columns, duration, paint, plural } from '../text.ts';
import { tagsByRun } from './tag.ts';

/** Runs that are printed unless all are asked for. */
const SHOWN = 20;

/** `driftline runs`: the runs that can be named, the newest first. */
export async function runsCommand(options: { file: string; all?: boolean; json?: boolean }): Promise<number> {
  const say = (line: string): boolean => process.stdout.write(`${line}\n`);
  const storeRoot = storeOf(dirname(resolve(options.file)));
  const journals = allRuns(storeRoot).reverse();
  const tags = tagsByRun(allTags(storeRoot));
  const damaged = journals.filter(({ record }) => record === undefined).map(({ id }) => id);
  const runs = journals.flatMap(({ record }) => record ?? []);
  const shown = options.all || options.json ? runs : runs.slice(0, SHOWN);
  const listed = shown.map(({ id, startedAt, profile, seconds, jobs, counts, study }, back) => ({
    name: back === 0 ? 'last' : `last~${back}`,
    id,
    startedAt,
    profile,
    targets: study?.targets ?? [],
    seconds,
    jobs,
    ...counts,
    tags: tags.get(id) ?? [],
  }));
  if (options.json) {
    say(JSON.stringify({ runs: listed, damaged }, null, 2));
    return EXIT.done;
  }
  if (listed.length === 0) say('There are no runs yet: driftline run makes one.');
  else {
    const head = ['name', 'id', 'profile', 'time', 'executed', 'cached', 'failed', 'tags'];
    const rows = listed.map((run) => [
      run.name,
      run.id,
      run.profile ?? '',
      duration(run.seconds),
      String(run.executed),
      String(run.cached),
      run.failed > 0 ? paint('red', String(run.failed)) : '0',
      [...run.tags, ...(run.targets.length > 0 ? [paint('dim', `(only ${run.targets.join(', ')})`)] : [])].join(' '),
    ]);
    const align = ['left', 'left', 'left', 'right', 'right', 'right', 'right', 'left'] as const;
    const [first, ...lines] = columns([head, ...rows], align);
    for (const line of [paint('bold', first), ...lines]) say(line);
  }
  if (runs.length > shown.length) say(paint('dim', `and ${runs.length - shown.length} more (--all)`));
  if (damaged.length > 0)
    say(`Left out, for their journals are damaged: ${plural(damaged.length, 'run')} (${damaged.join(', ')}).`);
  return EXIT.done;
}
