/// <reference lib="dom" />
import type { CellFacts, Change, Matrix, Said, Snapshot, StageNow } from '../protocol.ts';
import { cellPanel } from './cellPanel.ts';
import { claimList } from './claims.ts';
import { comparePanel } from './comparePanel.ts';
import { byId, fill, h } from './dom.ts';
import { gate } from './gate.ts';
import { Overview, showRun } from './overview.ts';
import { quiet, say } from './said.ts';
import { act, ask, hasToken, type Listener, listen, NotKnown, takeToken } from './server.ts';
import { StagePanel } from './stagePanel.ts';

/** Undefined until the server told it. */
let snapshot: Snapshot;
let isListening = false;
const now = new Map<string, StageNow>();
let overview: Overview;
let panel: StagePanel | undefined;
let openCell: { readonly stage: string; readonly cell: number; readonly place: HTMLElement } | undefined;
let isConnected = true;
let asksToStop = false;
/** A run was asked for and has told nothing yet. */
let isStarting = false;

function begin(fresh: Snapshot): void {
  if (snapshot?.problem != null && fresh.problem === null) quiet();
  snapshot = fresh;
  byId('study').textContent = snapshot.study;
  document.title = `${snapshot.study}: live`;
  now.clear();
  for (const stage of snapshot.stages) now.set(stage.name, stage);
  overview = new Overview(snapshot);
  overview.select(panel?.stage);
  const set = Object.entries(snapshot.set).map(([name, value]) => `${name} = ${value}`);
  const profile = snapshot.profile === null ? 'no profile' : `profile ${snapshot.profile}`;
  byId('setting').textContent = [profile, ...set].join(' · ');
  if (snapshot.problem !== null)
    say(`The study cannot be read as it is now; shown is what it was.\n\n${snapshot.problem}`, true);
  showHead();
}

function showHead(): void {
  showRun(snapshot.run, isConnected);
  const lives = snapshot.run?.state === 'running';
  if (lives) isStarting = false;
  if (!lives) asksToStop = false;
  const again = snapshot.run !== null && snapshot.run.targets.length > 0 ? snapshot.run.targets : undefined;
  const place = byId('actions');
  const hadFocus = place.contains(document.activeElement);
  fill(
    place,
    lives
      ? doing(asksToStop ? 'Stop at once' : 'Stop', stop, isConnected)
      : doing(isStarting ? 'Starting …' : 'Run all', () => start([]), isConnected && !isStarting, true),
    !lives && again && doing('Run again', () => start(again), isConnected && !isStarting),
  );
  // The buttons are others now: who used one of them goes on from there.
  if (hadFocus) place.querySelector('button')?.focus();
}

async function start(targets: readonly string[]): Promise<void> {
  await act('run', { targets });
  isStarting = true;
}

/** The first time what runs is asked to end; the second time it is not waited for. */
async function stop(): Promise<void> {
  await act('stop', {});
  asksToStop = true;
}

/** A button that acts; what went wrong is said. */
function doing(label: string, work: () => Promise<unknown>, enabled: boolean, isMain = false): HTMLElement {
  const run = (): void => {
    button.disabled = true;
    quiet();
    work()
      .catch(went)
      .finally(() =>
        setTimeout(() => {
          showHead();
          button.disabled = !enabled;
        }, 300),
      );
  };
  const button = h(
    'button',
    { type: 'button', class: isMain ? 'main' : undefined, disabled: !enabled, onclick: run },
    label,
  );
  return button;
}

/** Says what went wrong; where the server does not know this page, asks who it is. */
function went(error: unknown): void {
  if (error instanceof NotKnown)
    close('The server knows another token: it was started anew, or the address is of another one.');
  else say((error as Error).message, true);
}

/** Everything that is shown with the study, or not at all. */
function reveal(isOpen: boolean): void {
  for (const element of [byId('stages'), byId('to-runs'), document.querySelector<HTMLElement>('.graph')!])
    element.hidden = !isOpen;
}

/** Shows nothing but where to get in, and why. */
function close(why = ''): void {
  panel?.close();
  panel = undefined;
  openCell = undefined;
  reveal(false);
  fill(byId('actions'));
  fill(byId('run'));
  fill(byId('panel'), gate(enter, why));
}

async function enter(): Promise<void> {
  if (!hasToken()) {
    close();
    return;
  }
  try {
    await load();
  } catch (error) {
    went(error);
    return;
  }
  reveal(true);
  performance.mark('study shown');
  if (isListening) return;
  isListening = true;
  listen(snapshot.at, LISTENER);
}

/** What the address names: nothing, a stage, or a cell of it. */
function route(): { readonly stage?: string; readonly cell?: number } {
  const [, what, stage, cell] = location.hash.split('/');
  if (what !== 'stage' || stage === undefined) return {};
  try {
    return { stage: decodeURIComponent(stage), ...(cell !== undefined && { cell: Number(cell) }) };
  } catch {
    return {}; // typed by hand
  }
}

let turn = 0;

async function show(): Promise<void> {
  const mine = ++turn;
  const { stage, cell } = route();
  const facts = snapshot.facts.find(({ name }) => name === stage);
  overview.select(facts?.name);
  document.querySelector('.graph')!.classList.toggle('small', facts !== undefined);
  if (facts?.name !== panel?.stage) panel?.close();
  if (facts === undefined) {
    panel = undefined;
    openCell = undefined;
    fill(byId('panel'), location.hash.startsWith('#/runs') ? comparePanel() : claimList(snapshot.claims));
    return;
  }
  try {
    if (panel?.stage !== facts.name) {
      const matrix = await ask<Matrix>('stage', { stage: facts.name });
      if (mine !== turn) return;
      openStage(facts.name, matrix);
    }
    await showCell(facts.cells === 1 ? 0 : cell, mine);
  } catch (error) {
    if (mine === turn) went(error);
  }
}

function openStage(name: string, matrix: Matrix): void {
  const facts = snapshot.facts.find((one) => one.name === name)!;
  panel = new StagePanel({
    facts,
    matrix,
    choose: (cell) => {
      location.hash = `#/stage/${encodeURIComponent(name)}/${cell}`;
    },
    tools: [doing('Run this stage', () => start([name]), true)],
  });
  const place = h('div');
  openCell = undefined;
  fill(byId('panel'), h('div', { class: facts.figure ? 'beside drawn' : 'beside' }, panel.element, place));
  panel.now(now.get(name)!);
  cellPlace = place;
}

let cellPlace: HTMLElement | undefined;

async function showCell(cell: number | undefined, mine: number): Promise<void> {
  if (panel === undefined || cellPlace === undefined) return;
  if (cell === undefined) {
    openCell = undefined;
    fill(cellPlace);
    return;
  }
  const facts = await ask<CellFacts>('cell', { stage: panel.stage, cell: String(cell) });
  if (mine !== turn || panel === undefined) return;
  panel.select(cell);
  openCell = { stage: panel.stage, cell, place: cellPlace };
  const isOnly = snapshot.facts.find(({ name }) => name === facts.stage)?.cells === 1;
  const tools = isOnly ? [] : [doing('Run this cell', () => start([facts.target]), true)];
  fill(cellPlace, cellPanel(facts, tools));
}

/** Asks again about the cell that is open, unless what it says about `why` is being read. */
function refreshCell(): void {
  if (openCell === undefined) return;
  const { place } = openCell;
  if (place.contains(document.activeElement) && document.activeElement?.tagName === 'PRE') return;
  showCell(openCell.cell, turn).catch(went);
}

function change({ stages, cells, run }: Change): void {
  for (const stage of stages) {
    now.set(stage.name, stage);
    overview.update(stage);
  }
  const ended = snapshot.run?.state === 'running' && run?.state !== 'running';
  const turned = snapshot.run?.state !== run?.state;
  snapshot = { ...snapshot, run };
  if (turned) showHead();
  else showRun(run, isConnected);
  if (panel !== undefined) {
    for (const one of cells) {
      if (one.stage !== panel.stage) continue;
      panel.change(one);
      if (openCell !== undefined && one.cells.includes(openCell.cell)) refreshCell();
    }
    const stage = stages.find(({ name }) => name === panel?.stage);
    if (stage !== undefined) panel.now(stage);
  }
  if (ended) everything();
}

const everything = (): void => void load().catch(went);

async function load(): Promise<void> {
  const { snapshot: fresh, dag } = await ask<{ snapshot: Snapshot; dag: string }>('study');
  const pane = byId('dag');
  const isFirst = pane.dataset.study === undefined;
  const isOther = pane.dataset.study !== studyIn(fresh);
  if (isOther) {
    pane.replaceChildren(new DOMParser().parseFromString(dag, 'image/svg+xml').documentElement);
    pane.dataset.study = studyIn(fresh);
  }
  begin(fresh);
  if (panel !== undefined && !isOther) {
    await panel.refresh();
    panel.now(now.get(panel.stage)!);
    refreshCell();
    return;
  }
  panel?.close();
  panel = undefined;
  if (isFirst || !location.hash.startsWith('#/runs')) await show(); // what is compared there is over
}

const studyIn = ({ at }: Snapshot): string => at.split(':')[0];

const LISTENER: Listener = {
  change,
  everything,
  said({ code, words }: Said) {
    isStarting = false;
    say(words === '' ? 'The run ended without a word.' : words, code !== 0);
    showHead();
  },
  connected(yes) {
    if (yes === isConnected) return;
    isConnected = yes;
    isStarting = false;
    showHead();
  },
  notKnown() {
    isListening = false;
    went(new NotKnown());
  },
};

takeToken();
void enter();
addEventListener('hashchange', () => {
  if (takeToken() || !isListening) void enter();
  else void show();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => panel?.repaint());
setInterval(() => snapshot?.run?.state === 'running' && isConnected && showRun(snapshot.run, true), 1000);
