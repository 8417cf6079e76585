/// <reference lib="dom" />
import { formatCount, formatNumber, formatSeconds, plural } from '../../report/format.ts';
import { type CellsNow, type Matrix, STATES, type StageFacts, type StageNow } from '../protocol.ts';
import { cellTable } from './cellTable.ts';
import { cssOf, extent, RAMP, scaleOf, stateColours } from './colours.ts';
import { fill, h } from './dom.ts';
import { type Grid, gridOf, labelsOf } from './grid.ts';
import { HeatMap } from './heatMap.ts';
import { LiveFigure } from './liveFigure.ts';
import { ask } from './server.ts';
import { STATE_WORDS, stageWords, stateWords, valueWords } from './words.ts';

const STATE = 'state';
const TIME = 'time';

/** States of cells that have results. */
const HAVE: ReadonlySet<number> = new Set([STATES.indexOf('done'), STATES.indexOf('cached')]);

export interface StagePanelOptions {
  readonly facts: StageFacts;
  readonly matrix: Matrix;
  readonly choose: (cell: number) => void;
  /** What stands beside the heading: what can be done with the stage. */
  readonly tools: readonly Node[];
}

/** A stage: its cells as a heat map or as a table, coloured by what is asked for. */
export class StagePanel {
  readonly element: HTMLElement;
  readonly stage: string;
  readonly #matrix: Matrix;
  readonly #states: Uint8Array;
  readonly #progress: Float32Array;
  readonly #seconds: Float64Array;
  readonly #map: HeatMap;
  readonly #grid: Grid;
  readonly #facts = h('dl', { class: 'facts' });
  readonly #legend = h('div');
  readonly #figure: LiveFigure | undefined;
  readonly #table = h('div', { class: 'scroll' });
  readonly #select = h('select');
  readonly #options: StagePanelOptions;
  #hasMetrics = false;
  #colouring = STATE;
  #values: readonly (number | null)[] = [];
  #isAsking = false;

  constructor(options: StagePanelOptions) {
    const { facts, matrix } = options;
    this.#options = options;
    this.stage = facts.name;
    this.#matrix = matrix;
    this.#states = Uint8Array.from(matrix.states);
    this.#progress = Float32Array.from(matrix.progress);
    this.#seconds = Float64Array.from(matrix.seconds);
    this.#figure = facts.figure ? new LiveFigure(facts.name) : undefined;
    this.#grid = gridOf(matrix.axes, facts.cells);
    this.#map = new HeatMap({
      grid: this.#grid,
      cells: facts.cells,
      ...labelsOf(this.#grid, matrix.axes, valueWords),
      label: `The ${plural(facts.cells, 'cell')} of ${facts.name}: arrow keys go from cell to cell, Enter opens one`,
      words: (cell) => this.#wordsOf(cell),
      choose: options.choose,
    });
    const { across, down } = this.#grid;
    const axis = across === undefined ? '' : `${across} →${down === undefined ? '' : `, ${down.join(', ')} ↓`}`;
    const hasMap = facts.cells > 1;
    this.element = h(
      'div',
      {},
      h('div', { class: 'head' }, h('h2', {}, facts.name), h('div', { class: 'actions' }, options.tools)),
      h('p', { class: 'soft' }, stageWords(facts)),
      this.#facts,
      this.#figure?.element,
      hasMap && h('div', { class: 'bar-of-tools' }, this.#choice(), this.#tableButton()),
      hasMap && axis !== '' && h('p', { class: 'axis' }, axis),
      hasMap && h('div', {}, this.#map.element),
      hasMap && this.#legend,
      this.#table,
    );
    this.#paint();
  }

  #choice(): HTMLElement {
    this.#select.addEventListener('change', () => this.#colourBy(this.#select.value));
    this.#offer(this.#matrix.metrics);
    return h('label', {}, 'Coloured by ', this.#select);
  }

  #offer(metrics: readonly string[]): void {
    this.#hasMetrics = metrics.length > 0;
    const options = [STATE, TIME, ...metrics].map((name) => h('option', { value: name }, name));
    fill(this.#select, options);
    this.#select.value = this.#colouring;
  }

  #tableButton(): HTMLElement {
    const button = h('button', { type: 'button', 'aria-expanded': 'false', onclick: () => toggle() }, 'As a table');
    const toggle = (): void => {
      const isOpen = button.getAttribute('aria-expanded') === 'true';
      button.setAttribute('aria-expanded', String(!isOpen));
      if (isOpen) fill(this.#table);
      else fill(this.#table, h('h3', {}, 'Cells'), cellTable(this.#options.facts, this.#matrix, this.#now()));
    };
    return button;
  }

  #now() {
    const [states, seconds] = [this.#states, this.#seconds];
    return { states, seconds, values: this.#values, metric: this.#isMetric ? this.#colouring : undefined };
  }

  get #isMetric(): boolean {
    return this.#colouring !== STATE && this.#colouring !== TIME;
  }

  /** Takes in what became other. */
  change({ cells, states, progress, seconds }: CellsNow): void {
    cells.forEach((cell, i) => {
      this.#states[cell] = states[i];
      this.#progress[cell] = progress[i];
      this.#seconds[cell] = seconds[i];
    });
    if (this.#isMetric) void this.#askValues();
    else if (!this.#hasMetrics && states.some((state) => HAVE.has(state))) void this.#askAll();
    this.#paint();
  }

  /** The first results say which numbers there are; and after a while away much may be other. */
  async refresh(): Promise<void> {
    const matrix = await ask<Matrix>('stage', { stage: this.stage });
    this.#offer(matrix.metrics);
    this.change({ ...matrix, cells: matrix.states.map((_, cell) => cell) });
  }

  async #askAll(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      this.#offer((await ask<Matrix>('stage', { stage: this.stage })).metrics);
      this.#hasMetrics = true; // or there are none: that is not asked again
    } catch {
      // The server is away: the next cells ask again.
    } finally {
      this.#isAsking = false;
    }
  }

  now({ settled, actions, seconds, state, cells }: StageNow): void {
    const fact = (name: string, value: string) => h('div', {}, h('dt', {}, name), h('dd', {}, value));
    fill(
      this.#facts,
      fact('State', STATE_WORDS[state]),
      fact('Actions', `${formatCount(settled)} of ${formatCount(actions)}`),
      fact('Computing time', formatSeconds(seconds)),
    );
    const failed = cells[STATES.indexOf('failed')];
    if (failed > 0) this.#facts.append(fact('Failed', plural(failed, 'cell')));
    this.#figure?.now(settled === actions);
  }

  /** It asks no more. */
  close(): void {
    this.#figure?.close();
  }

  select(cell: number): void {
    this.#map.select(cell);
  }

  repaint(): void {
    this.#paint();
  }

  #colourBy(what: string): void {
    this.#colouring = what;
    this.#values = [];
    if (this.#isMetric) void this.#askValues();
    this.#paint();
  }

  /** One question at a time: while cells finish by the dozen, the answer to one is soon followed by the next. */
  async #askValues(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const metric = this.#colouring;
    try {
      const values = await ask<(number | null)[]>('metric', { stage: this.stage, metric });
      if (metric === this.#colouring) this.#values = values;
    } finally {
      this.#isAsking = false;
    }
    if (metric === this.#colouring) this.#paint();
    else if (this.#isMetric) await this.#askValues();
  }

  #paint(): void {
    const colours = stateColours();
    if (this.#colouring === STATE) {
      this.#map.paint((cell) => colours[this.#states[cell]], this.#shownProgress());
      this.#stateLegend(colours);
      return;
    }
    const values = Float64Array.from(this.#states, (_, cell) => this.#valueOf(cell) ?? Number.NaN);
    const range = extent(values);
    const { step, isLogarithmic } = scaleOf(range ?? [0, 0]);
    const empty = colours[STATES.indexOf('waiting')];
    this.#map.paint((cell) => (Number.isFinite(values[cell]) ? RAMP[step(values[cell])] : empty));
    this.#valueLegend(range, isLogarithmic);
  }

  /** How far the cells are that are under way; the others are shown whole. */
  #shownProgress(): Float32Array {
    const [running, partly] = [STATES.indexOf('running'), STATES.indexOf('partly')];
    return this.#progress.map((done, cell) =>
      this.#states[cell] === running || this.#states[cell] === partly ? Math.max(done, 0.15) : 1,
    );
  }

  #valueOf(cell: number): number | null {
    if (this.#colouring !== TIME) return this.#values[cell] ?? null;
    return this.#seconds[cell] > 0 ? this.#seconds[cell] : null;
  }

  #stateLegend(colours: Uint32Array): void {
    const counts = STATES.map((_, state) => this.#states.reduce((sum, one) => sum + Number(one === state), 0));
    const items = counts.flatMap((count, state) => {
      if (count === 0) return [];
      const swatch = h('span', { class: 'swatch' });
      swatch.style.background = cssOf(colours[state]);
      return [h('li', {}, swatch, h('b', {}, formatCount(count)), ` ${stateWords(state)}`)];
    });
    fill(this.#legend, h('ul', { class: 'legend', 'aria-label': 'Cells by state' }, items));
  }

  #valueLegend(range: readonly [number, number] | undefined, isLogarithmic: boolean): void {
    if (range === undefined) {
      fill(this.#legend, h('p', { class: 'soft' }, `No cell has a value of ${this.#colouring} yet.`));
      return;
    }
    const scale = h('span', { class: 'scale', 'aria-hidden': 'true' });
    const stops = Array.from({ length: 9 }, (_, i) => cssOf(RAMP[Math.round((i * 255) / 8)]));
    scale.style.background = `linear-gradient(90deg, ${stops.join(', ')})`;
    const word = (value: number): string => (this.#colouring === TIME ? formatSeconds(value) : formatNumber(value, 4));
    fill(
      this.#legend,
      h(
        'p',
        { class: 'legend' },
        h(
          'span',
          {},
          h('b', {}, word(range[0])),
          scale,
          h('b', {}, word(range[1])),
          ` ${this.#colouring}${isLogarithmic ? ', on a logarithmic scale' : ''}`,
        ),
      ),
    );
  }

  #wordsOf(cell: number): string {
    const axes = this.#matrix.axes.map(({ name, values }) => `${name} = ${valueWords(values[cell])}`).join(', ');
    const value = this.#isMetric ? `, ${this.#colouring} ${valueWords(this.#values[cell])}` : '';
    const time = this.#seconds[cell] > 0 ? `, ${formatSeconds(this.#seconds[cell])}` : '';
    return `${axes === '' ? this.stage : axes}: ${stateWords(this.#states[cell])}${time}${value}`;
  }
}
