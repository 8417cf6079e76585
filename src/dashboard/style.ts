import { COLOURS } from '../report/styleColours.ts';

/** Colours of states; a page draws cells in them and writes no text on them. Lightness tells them apart in grey too. */
const STATES = `:root {
  --s-waiting: #e4e3dc; --s-queued: #c6c4b8; --s-partly: #a9cbe6; --s-running: #0b64a5; --s-done: #1f9a6c;
  --s-cached: #93cdb6; --s-failed: #c8361b; --s-skipped: #c9a66b; --cursor: #1c1d1f;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --s-waiting: #2d3238; --s-queued: #4a515a; --s-partly: #2b5574; --s-running: #58b4f5; --s-done: #3cc394;
    --s-cached: #1f6f56; --s-failed: #ff7f61; --s-skipped: #9a7f4b; --cursor: #ffffff;
  }
}
`;

const FRAME = `*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; min-height: 100vh; background: var(--paper); color: var(--ink); font: 0.9375rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif; overflow-wrap: break-word; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace; font-size: 0.86em; }
h1, h2, h3, p { margin: 0; } h1 { font-size: 1.05rem; line-height: 1.3; } h2 { font-size: 1.25rem; line-height: 1.25; } h3 { font-size: 0.95rem; margin: 1.4rem 0 0.5rem; }
a { color: var(--link); } h1 a { color: inherit; text-decoration: none; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
#panel:focus { outline: none; }
.skip { position: absolute; left: -999rem; background: var(--raised); padding: 0.5rem 1rem; z-index: 3; } .skip:focus { left: 1rem; top: 0.5rem; }
header { display: flex; flex-wrap: wrap; gap: 0.4rem 1.6rem; align-items: center; padding: 0.7rem 1.25rem; background: var(--raised); }
.title { flex: 1 1 16rem; min-width: 0; } #setting, .soft { color: var(--soft); font-size: 0.82rem; }
#run { flex: 1 1 20rem; font-size: 0.86rem; font-variant-numeric: tabular-nums; }
.track { display: block; height: 6px; margin-top: 0.3rem; border-radius: 3px; background: var(--s-waiting); overflow: hidden; }
.track > span { display: block; height: 100%; background: var(--s-done); } .running > .track > span { background: var(--s-running); } .failed > .track > span { background: var(--s-failed); }
.to { font-size: 0.86rem; }
.actions { display: flex; flex-wrap: wrap; gap: 0.5rem; }
button, select { font: inherit; font-size: 0.86rem; color: var(--ink); background: var(--paper); border: 1px solid var(--line); border-radius: 4px; padding: 0.28rem 0.7rem; cursor: pointer; }
button:hover:not(:disabled), select:hover { border-color: var(--soft); } button:disabled { color: var(--soft); cursor: default; }
button.main { background: var(--link); border-color: var(--link); color: var(--paper); } button.main:disabled { background: var(--sunk); border-color: var(--line); color: var(--soft); }
button.plain { background: none; border: 0; padding: 0; color: var(--link); text-decoration: underline; text-underline-offset: 0.16em; }
#said { margin: 0.8rem 1.25rem; padding: 0.6rem 0.9rem; border-left: 3px solid var(--s-running); background: var(--sunk); white-space: pre-wrap; font-size: 0.86rem; max-height: 14rem; overflow: auto; } #said.bad { border-left-color: var(--s-failed); }
#said button { float: right; } #said details { margin-top: 0.4rem; } summary { cursor: pointer; color: var(--link); width: fit-content; }
.columns { display: grid; grid-template-columns: 17.5rem minmax(0, 1fr); border-top: 1px solid var(--line); } main { min-width: 0; border-left: 1px solid var(--line); min-height: 70vh; }
nav { padding: 0.9rem 0.6rem 2rem 1.25rem; font-size: 0.86rem; position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; }
nav h2 { font-size: 0.78rem; font-weight: 600; color: var(--soft); margin: 1rem 0 0.25rem; } nav h2:first-child { margin-top: 0; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: grid; grid-template-columns: 0.7rem minmax(0, 1fr) auto; gap: 0.45rem; align-items: baseline; padding: 0.14rem 0.4rem 0.14rem 0.3rem; color: inherit; text-decoration: none; border-radius: 3px; }
nav li a:hover { background: var(--sunk); } nav li a[aria-current] { background: var(--sunk); font-weight: 600; } nav li a > :last-child { color: var(--soft); font-variant-numeric: tabular-nums; font-size: 0.92em; font-weight: 400; }
.dot { width: 0.66rem; height: 0.66rem; border-radius: 50%; display: inline-block; background: var(--s-waiting); border: 1px solid transparent; } .dot.waiting, .dot.queued { background: none; border-color: var(--soft); } .dot.partly { background: linear-gradient(90deg, var(--s-done) 50%, transparent 50%); border-color: var(--s-done); }
.dot.running { background: var(--s-running); } .dot.done { background: var(--s-done); } .dot.cached { background: var(--s-cached); } .dot.failed { background: var(--s-failed); border-radius: 1px; } .dot.skipped { background: var(--s-skipped); border-radius: 1px; }
.graph { border-bottom: 1px solid var(--line); } .pane { overflow: auto; max-height: 42vh; background: var(--sunk); } .graph.small .pane { max-height: 24vh; }
#panel { padding: 1.2rem 1.5rem 3rem; }
.beside > :last-child:not(:empty) { border-top: 1px solid var(--line); margin-top: 1.4rem; } .cell > .head h3 { font-size: 1rem; }
@media (min-width: 76rem) { .beside:has(> :last-child:not(:empty)) { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 30rem); gap: 2rem; } .beside > :last-child:not(:empty) { border-top: 0; margin-top: 0; border-left: 1px solid var(--line); padding-left: 1.6rem; } .beside.drawn:has(> :last-child:not(:empty)) { grid-template-columns: minmax(0, 1fr) minmax(0, 22rem); } .cell > .head h3 { margin-top: 0; } }
.none { display: none; } .gate { max-width: 36rem; display: grid; gap: 0.8rem; } .gate input { flex: 1 1 12rem; min-width: 0; font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--soft); border-radius: 4px; padding: 0.28rem 0.6rem; } .gate label { font-size: 0.86rem; }
nav[hidden], .graph[hidden], a[hidden] { display: none; } .columns:has(> nav[hidden]) { grid-template-columns: minmax(0, 1fr); } nav[hidden] + main { border-left: 0; }
`;

const DRAWING = `.dag { display: block; font-family: inherit; }
.dag .lines path { fill: none; stroke: var(--line); stroke-width: 1.2; } .dag .lines path.near { stroke: var(--link); stroke-width: 1.8; }
.dag .box { fill: var(--raised); stroke: var(--line); stroke-width: 1.2; } .dag text { fill: var(--ink); } .dag a { text-decoration: none; }
.dag a:hover .box, .dag a[aria-current] .box { stroke: var(--link); stroke-width: 2; } .dag a:focus-visible { outline: none; } .dag a:focus-visible .box { stroke: var(--link); stroke-width: 3; }
.dag .bar { fill: var(--s-done); } .dag .cached .bar { fill: var(--s-cached); } .dag .running .bar { fill: var(--s-running); } .dag .failed .bar { fill: var(--s-failed); } .dag .skipped .bar { fill: var(--s-skipped); }
.dag .running .box { stroke: var(--s-running); } .dag .failed .box { stroke: var(--s-failed); } .dag .waiting text { fill: var(--soft); }
@media (prefers-reduced-motion: no-preference) { .dag .running .box { animation: pulse 1.6s ease-in-out infinite; } @keyframes pulse { 50% { stroke-opacity: 0.35; } } }
`;

const PANEL = `.head { display: flex; flex-wrap: wrap; gap: 0.4rem 1rem; align-items: baseline; justify-content: space-between; }
.facts { display: flex; flex-wrap: wrap; gap: 0.4rem 1.8rem; margin: 0.7rem 0 0; font-size: 0.88rem; font-variant-numeric: tabular-nums; }
.facts dt { color: var(--soft); font-size: 0.76rem; } .facts dd { margin: 0; overflow-wrap: anywhere; }
.bar-of-tools { display: flex; flex-wrap: wrap; gap: 0.4rem 1rem; align-items: center; margin: 1.1rem 0 0.6rem; font-size: 0.86rem; }
.legend { display: flex; flex-wrap: wrap; gap: 0.15rem 1.1rem; list-style: none; margin: 0.5rem 0 0; padding: 0; font-size: 0.82rem; color: var(--soft); font-variant-numeric: tabular-nums; } .legend b { color: var(--ink); font-weight: 500; }
.swatch { display: inline-block; width: 0.75rem; height: 0.75rem; border-radius: 2px; margin-right: 0.35rem; vertical-align: -0.08em; border: 1px solid var(--line); }
.scale { display: inline-block; width: 11rem; height: 0.75rem; vertical-align: -0.1em; margin: 0 0.5rem; border-radius: 2px; }
.map { position: relative; width: fit-content; max-width: 100%; overflow: auto; outline-offset: 3px; } .map canvas { display: block; cursor: pointer; }
.tip { position: fixed; z-index: 4; pointer-events: none; background: var(--raised); border: 1px solid var(--line); border-radius: 4px; padding: 0.3rem 0.55rem; font-size: 0.8rem; max-width: 24rem; box-shadow: 0 2px 8px rgb(0 0 0 / 0.18); white-space: pre-line; }
.axis { font-size: 0.8rem; color: var(--soft); margin-bottom: 0.4rem; }
.scroll { overflow: auto; max-width: 100%; } .actions-of td:last-child { min-width: 12rem; }
table { border-collapse: collapse; font-size: 0.84rem; font-variant-numeric: tabular-nums; } th, td { text-align: left; padding: 0.22rem 1.1rem 0.22rem 0; border-bottom: 1px solid var(--hair); vertical-align: baseline; } thead th { border-bottom-color: var(--line); font-weight: 600; white-space: nowrap; } tbody th { font-weight: 400; color: var(--soft); } .n { text-align: right; }
th code { white-space: nowrap; } .pair { display: flex; flex-wrap: wrap; gap: 0.5rem 1.2rem; align-items: center; margin: 0.9rem 0 0; font-size: 0.86rem; } .pair label { min-width: 0; max-width: 100%; } .pair select { max-width: min(26rem, 100%); }
pre { margin: 0 0 0.8rem; padding: 0.7rem 0.9rem; background: var(--sunk); border-radius: 4px; overflow: auto; max-height: 26rem; line-height: 1.45; white-space: pre-wrap; } pre.bad { border-left: 3px solid var(--s-failed); }
.figure { margin: 1.2rem 0 0; } .figure img { display: block; max-width: 100%; height: auto; background: var(--plate); filter: var(--turn); border: 1px solid #e3e2dc; border-radius: 4px; padding: 0.6rem; } .figure figcaption { font-size: 0.84rem; color: var(--soft); margin-top: 0.4rem; }
.sides { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 1.2rem; }
.supported { color: var(--supported); } .refuted { color: var(--refuted); } .undecided { color: var(--undecided); } .missing { color: var(--missing); }
.claims { list-style: none; padding: 0; margin: 0.4rem 0 0; font-size: 0.88rem; } .claims li { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: 0.8rem; padding: 0.3rem 0; border-top: 1px solid var(--hair); } .claims b { font-weight: 600; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 56rem) { .columns { grid-template-columns: minmax(0, 1fr); } nav { position: static; max-height: 30vh; border-bottom: 1px solid var(--line); } main { border-left: 0; } .sides { grid-template-columns: minmax(0, 1fr); } #panel { padding: 1rem 1.25rem 3rem; } }
`;

/** The live view's style sheet. Its hash stands in the page's policy, so it is text here and no file. */
export const STYLE = `\n${COLOURS}${STATES}${FRAME}${DRAWING}${PANEL}`;
