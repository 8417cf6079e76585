import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Follower } from '../../src/dashboard/follower.ts';
import type { OpenStudy } from '../../src/dashboard/liveStudy.ts';
import { type CellsNow, type Change, STATES } from '../../src/dashboard/protocol.ts';
import { ActionGraph } from '../../src/engine/graph.ts';
import { type LiveEvent, type LiveHead, type LiveLine, leaseOfRun } from '../../src/engine/liveLines.ts';
import { ActionLog } from '../../src/store/actions.ts';
import { Cas } from '../../src/store/cas.ts';
import { Leases } from '../../src/store/leases.ts';
import { LiveFile } from '../../src/store/liveFile.ts';
import { StatCache } from '../../src/store/statCache.ts';
import { cell, kind, planOf, stage } from '../engine/fakes.ts';
import { temporaryFolders } from '../store/folder.ts';

const folder = temporaryFolders();
const CELLS = 4;
const REPLICATES = 3;
const plan = planOf([
  stage(
    'draws',
    Array.from({ length: CELLS }, (_, C) => cell({ C }, { C })),
    { uses: 'simulate', replicates: REPLICATES },
  ),
  stage('rows', [cell({}, {}, { draws: 'draws.out' })]),
]);
const contracts = new Map(
  [kind('simulate', { seeded: true, replicateOutputs: { out: { type: 'table' } } }), kind('fake')].map((one) => [
    one.uses,
    one.contract,
  ]),
);
const graph = new ActionGraph(plan, contracts);
const targets = [...graph.nodes.keys()];

function openStudy(root: string): OpenStudy {
  return {
    studyRoot: root,
    storeRoot: root,
    plan,
    kinds: new Map(),
    graph,
    stats: new StatCache(root, root),
    cas: new Cas(root),
    log: new ActionLog(root, 'test'),
    leases: new Leases(root),
    set: {},
    digest: 'd'.repeat(64),
    forecasts: [],
  };
}

const head = (run: string, more: Partial<LiveHead> = {}): LiveLine => ({
  head: {
    ...{ run, startedAt: '2026-11-23T12:00:00.000Z', file: 'pipeline.yaml', profile: null, set: {}, targets: [] },
    ...{ jobs: 1, study: 'd'.repeat(64), actions: targets.length },
    ...more,
  },
});

/** A run that tells, for as long as the test wants it to live. */
class Telling {
  readonly #file: LiveFile;
  readonly #leases: Leases;

  constructor(root: string, run = 'run-1', more: Partial<LiveHead> = {}) {
    this.#leases = new Leases(root);
    this.#leases.acquire(leaseOfRun(run));
    this.#file = new LiveFile(root, run);
    this.tell(head(run, more));
  }

  tell(line: LiveLine): void {
    this.#file.append(`${JSON.stringify(line)}\n`);
  }

  die(): void {
    this.#file.close();
    this.#leases.close();
  }
}

const studies = (open: OpenStudy) => ({ file: 'pipeline.yaml', open: async () => open });

const target = fc.constantFrom(...targets);
const event: fc.Arbitrary<LiveEvent> = fc.oneof(
  fc.uniqueArray(target, { minLength: 1 }).map((names): LiveEvent => ['cached', ...names]),
  target.map((name): LiveEvent => ['started', name, 1]),
  fc.tuple(target, fc.constantFrom(0.25, 0.5)).map(([name, fraction]): LiveEvent => ['progress', name, fraction]),
  target.map((name): LiveEvent => ['done', name, 1.5]),
  target.map((name): LiveEvent => ['failed', name, 1, 'no', null, '']),
  target.map((name): LiveEvent => ['not-needed', name]),
  target.map((name): LiveEvent => ['queued', name]),
);

/** What a page holds of a stage: it begins with all of it, and takes in what it is told. */
class Page {
  readonly states: number[];
  readonly progress: number[];

  constructor({ states, progress }: CellsNow) {
    this.states = [...states];
    this.progress = [...progress];
  }

  take({ cells }: Change): void {
    for (const one of cells) {
      if (one.stage !== 'draws') continue;
      one.cells.forEach((place, i) => {
        this.states[place] = one.states[i];
        this.progress[place] = one.progress[i];
      });
    }
  }
}

describe('whoever follows a run', () => {
  it('has in the end what is so, wherever it was cut off and whoever answered it then', async () => {
    const batches = fc.array(
      fc.tuple(fc.array(event, { minLength: 1, maxLength: 6 }), fc.constantFrom('told', 'away', 'restart')),
    );
    await fc.assert(
      fc.asyncProperty(batches, async (given) => {
        const root = folder();
        const open = openStudy(root);
        const run = new Telling(root);
        let follower = new Follower(studies(open), open);
        await follower.look();
        const page = new Page(follower.study.cellsOf('draws'));
        let { at } = follower;
        for (const [number, [events, how]] of given.entries()) {
          run.tell({ at: number, events });
          if (how === 'restart') follower = new Follower(studies(open), open);
          const before = follower.at;
          const change = await follower.look();
          if (how !== 'told') continue;
          page.take(at === before ? (change as Change) : follower.since(at)!);
          at = follower.at;
        }
        const missed = follower.since(at);
        expect(missed).toBeDefined();
        page.take(missed!);
        const { states, progress } = follower.study.cellsOf('draws');
        expect(page.states).toEqual(states);
        expect(page.progress).toEqual(progress);
        run.die();
        open.leases.close();
      }),
      { numRuns: 60 },
    );
  });

  it('counts cells and actions as they are, whatever came in which order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
        const root = folder();
        const open = openStudy(root);
        const run = new Telling(root);
        if (events.length > 0) run.tell({ at: 1, events });
        const follower = new Follower(studies(open), open);
        await follower.look();
        const { cells, settled } = follower.study.stageNow('draws');
        const { states } = follower.study.cellsOf('draws');
        expect(cells).toEqual(STATES.map((_, state) => states.filter((one) => one === state).length));
        const own = targets.filter((name) => name.startsWith('draws'));
        expect(settled).toBe(own.filter((name) => ['done', 'cached'].includes(follower.study.stateOf(name)!)).length);
        run.die();
      }),
      { numRuns: 60 },
    );
  });

  it('sees a run that is killed as broken off, and nothing of it as under way', async () => {
    const root = folder();
    const open = openStudy(root);
    const follower = new Follower(studies(open), open);
    await follower.look();
    expect(follower.run()).toBeNull();
    const run = new Telling(root);
    run.tell({
      at: 1,
      events: [
        ['done', 'draws[C=0]#0', 1],
        ['started', 'draws[C=0]#1', 1],
      ],
    });
    expect(await follower.look()).toBe('everything');
    expect(follower.run()?.state).toBe('running');
    expect(follower.study.stageNow('draws').state).toBe('running');
    run.die();
    await follower.look();
    expect(follower.run()?.state).toBe('broken off');
    expect(follower.study.stageNow('draws').state).toBe('partly');
    expect(follower.living).toBeUndefined();
  });

  it('passes over runs of another study in the same store, and those that are over and were of this one as it was', async () => {
    const root = folder();
    const open = openStudy(root);
    const own = new Telling(root, 'run-1');
    own.die();
    const other = new Telling(root, 'run-2', { file: 'another.yaml' });
    const before = new Telling(root, 'run-3', { study: 'e'.repeat(64) });
    before.die();
    const follower = new Follower(studies(open), open);
    await follower.look();
    expect(follower.run()?.id).toBe('run-1');
    other.die();
  });

  it('reads the study as a run has it that lives; and knows no place in another study', async () => {
    const root = folder();
    const open = openStudy(root);
    const run = new Telling(root, 'run-1', { study: 'e'.repeat(64), profile: 'large', set: { n: '5' } });
    const asked: unknown[] = [];
    const follower = new Follower(
      {
        file: 'pipeline.yaml',
        open: async (profile, set) => {
          asked.push([profile, set]);
          return { ...open, digest: 'e'.repeat(64) };
        },
      },
      open,
    );
    const { at } = follower;
    expect(await follower.look()).toBe('everything');
    expect(asked).toEqual([['large', { n: '5' }]]);
    expect(follower.since(at)).toBeUndefined();
    for (const place of ['', 'x', `${follower.at}0`, follower.at.replace(/\d+$/, '-1')]) {
      expect(follower.since(place)).toBeUndefined();
    }
    run.die();
  });
});
