import type { TopLevelSpec } from 'vega-lite';
import { FigureError } from './figureError.ts';
import { faceOf, fontFace } from './fonts.ts';
import type { Spec } from './readSpec.ts';

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: unknown;
  readonly fontStyle?: unknown;
}

/** Vega measures text on a canvas; without one it guesses 0.8 em a letter, and legends come out too wide. */
const measure = (item: TextItem, text: unknown): number =>
  fontFace(faceOf(item.fontWeight, item.fontStyle)).width(String(text ?? '')) * (item.fontSize ?? 11);

/** What Vega exports without saying so in its types. */
interface Untyped {
  readonly textMetrics: { width: unknown };
  setRandom(random: unknown): void;
  randomLCG(seed: number): unknown;
}

const refuse = async (): Promise<never> => {
  throw new Error('a figure reads no files or addresses');
};

/**
 * Loads nothing. A link is an error of the spec as well; but Vega, drawing, expects an address for each and would fail
 * outside of what can be caught, so it gets an empty one and the error is told when it is done.
 */
const denyAll = (errors: string[]) => ({
  load: refuse,
  http: refuse,
  file: refuse,
  sanitize: async (address: unknown) => {
    errors.push(`a figure links to no addresses (${JSON.stringify(address)})`);
    return { href: '' };
  },
  options: {},
});

const text = (args: readonly unknown[]): string =>
  args.map((arg) => (arg instanceof Error ? arg.message : String(arg))).join(' ');

interface Log {
  readonly errors: string[];
  readonly warnings: string[];
  /** In the shape that Vega asks for. Vega calls these functions on objects of its own, so none may use `this`. */
  readonly logger: Readonly<Record<string, (...args: unknown[]) => unknown>>;
}

/** Vega reports through a logger and draws on; here an error is an error. */
function makeLog(): Log {
  const errors: string[] = [];
  const warnings: string[] = [];
  const into =
    (kept: string[] | null) =>
    (...args: unknown[]) => {
      kept?.push(text(args));
      return logger;
    };
  const logger = { level: () => 1, error: into(errors), warn: into(warnings), info: into(null), debug: into(null) };
  return { errors, warnings, logger };
}

export interface Drawing {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  /** What Vega-Lite and Vega found odd but drew. */
  readonly warnings: readonly string[];
}

/** A fixed start for the expression function random(), should a spec use it. */
const RANDOM_SEED = 1;

const sizeOf = (svg: string, side: 'width' | 'height'): number =>
  Number(svg.match(new RegExp(`^<svg[^>]* ${side}="([\\d.]+)"`))?.[1]);

/** Square pixels of a drawing: a PNG takes 36 bytes for each while it is made, which no limit of a stage's heap bounds. */
const LARGEST = 16_000_000;

/** A paint that leads out of the drawing: `url(#…)` is a part of it, and a backslash could write any other so. */
const LEADS_OUT = / (?:fill|stroke|style|filter|mask|clip-path|cursor)="[^"]*(?:url\((?!#)|\\)/i;

/** Throws for a drawing that has no size or too much of it, and for one that would have a browser load something. */
function checkDrawing({ svg, width, height }: Drawing): void {
  if (!(width > 0 && height > 0)) throw new Error('it has no size; width and height must be numbers above 0');
  if (width * height > LARGEST)
    throw new Error(`it has ${width} × ${height} pixels, and at most ${LARGEST} in all are drawn; make it smaller`);
  for (const [tag] of svg.matchAll(/<[^<>]*>/g))
    if (LEADS_OUT.test(tag)) throw new Error('a figure reads no files or addresses (url in a colour or style)');
}

async function draw(spec: Spec): Promise<Drawing> {
  const [vega, vegaLite, { expressionInterpreter }] = await Promise.all([
    import('vega'),
    import('vega-lite'),
    import('vega-interpreter'),
  ]);
  const { errors, warnings, logger } = makeLog();
  let view: InstanceType<typeof vega.View> | undefined;
  try {
    const { textMetrics, setRandom, randomLCG } = vega as unknown as Untyped;
    textMetrics.width = measure;
    setRandom(randomLCG(RANDOM_SEED));
    const compiled = vegaLite.compile(spec as unknown as TopLevelSpec, { logger: logger as never });
    // A spec's expressions are walked as trees: none of their text ever becomes code.
    view = new vega.View(vega.parse(compiled.spec, undefined, { ast: true }), {
      renderer: 'none',
      expr: expressionInterpreter,
      loader: denyAll(errors) as never,
      logger: logger as never,
    });
    await view.runAsync();
    // Names of clip paths and gradients count on from drawing to drawing.
    vega.resetSVGDefIds();
    const svg = await view.toSVG();
    if (errors.length > 0) throw new Error(errors.join('; '));
    const drawing = { svg, width: sizeOf(svg, 'width'), height: sizeOf(svg, 'height'), warnings };
    checkDrawing(drawing);
    return drawing;
  } catch (error) {
    throw new FigureError(`the spec cannot be drawn: ${(error as Error).message}`);
  } finally {
    view?.finalize();
  }
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Draws a self-contained Vega-Lite spec. One at a time, since Vega numbers what it draws globally: the same spec gives
 * the same bytes whatever was drawn before.
 * @throws {FigureError} with Vega's own words
 */
export function drawSvg(spec: Spec): Promise<Drawing> {
  const drawing = last.then(() => draw(spec));
  last = drawing.catch(() => {});
  return drawing;
}
