/** Columns that can be set flush right; a table with more has them after the first ones flush left. */
const NUMERIC_COLUMNS = 40;

const numericColumn = (column: number) =>
  `table.n${column} tr > :nth-child(${column}) { text-align: right; }\ntable.n${column} th:nth-child(${column}) button { flex-direction: row-reverse; }\n`;

/** Claims, figures, tables, the run. */
export const PARTS = `.verdicts { font-size: 1.1rem; color: var(--soft); }
.facts { display: flex; flex-wrap: wrap; gap: 0.9rem 2.2rem; margin: 1.4rem 0 0; font-size: 0.88rem; }
.facts dt, .kicker, .numbers dt { color: var(--soft); font-size: 0.78rem; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.icon { width: 1.1em; height: 1.1em; flex: none; vertical-align: -0.17em; }
.icon .solid { fill: currentColor; } .icon .mark { stroke: var(--paper); } .icon .ring { stroke: currentColor; }
.supported > .icon, .verdict.supported { color: var(--supported); }
.refuted > .icon, .verdict.refuted { color: var(--refuted); }
.undecided > .icon, .verdict.undecided { color: var(--undecided); }
.missing > .icon, .verdict.missing { color: var(--missing); }
.verdict { font-weight: 600; font-size: 0.92rem; white-space: nowrap; }
.origin { color: var(--soft); font-size: 0.82rem; }
.tally { list-style: none; display: grid; grid-template-columns: repeat(auto-fit, minmax(11.5rem, 1fr)); gap: 0.8rem; margin: 0 0 1.6rem; padding: 0; }
.tally li { background: var(--sunk); border-radius: 4px; padding: 0.75rem 0.9rem; line-height: 1.3; }
.tally strong { font-size: 1.5rem; font-variant-numeric: tabular-nums; margin-left: 0.35rem; }
.tally small { display: block; color: var(--soft); font-size: 0.8rem; margin-top: 0.2rem; }
.group { margin: 1.6rem 0 0.3rem; font-size: 1rem; }
.group a { color: inherit; text-decoration: none; } .group a:hover { text-decoration: underline; }
.scores { list-style: none; margin: 0; padding: 0; }
.scores li { display: grid; grid-template-columns: 8rem minmax(0, 1fr); gap: 0 1rem; padding: 0.55rem 0; border-top: 1px solid var(--hair); align-items: baseline; }
.scores p { margin: 0; } .scores a { color: inherit; text-decoration-color: var(--line); }
.scores a:hover { text-decoration-color: currentColor; }
.brief { grid-column: 2; font-size: 0.82rem; color: var(--soft); display: flex; flex-wrap: wrap; gap: 0.1rem 1.2rem; }
.brief b { color: var(--ink); font-weight: 500; font-variant-numeric: tabular-nums; }
.claim { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0.6rem 2rem; margin: 0 0 1.2rem; padding: 0.9rem 0 0.7rem; border-top: 1px solid var(--line); }
.claim:target, figure:target { background: var(--sunk); box-shadow: 0 0 0 0.7rem var(--sunk); }
.claim .kicker { margin: 0 0 0.25rem; }
.claim p { margin: 0 0 0.4rem; }
.claim .name { font-size: 0.85rem; } .claim .name a { color: var(--soft); text-decoration: none; }
blockquote { margin: 0; font-size: 1.08rem; line-height: 1.4; }
.finding { margin-left: 0.35rem; }
.note { font-size: 0.95rem; }
.numbers { display: flex; flex-wrap: wrap; gap: 0.5rem 1.6rem; margin: 0 0 0.6rem; font-size: 0.95rem; }
.numbers dd { margin: 0; font-variant-numeric: tabular-nums; }
.evidence { grid-column: 1 / -1; }
.test { margin: 0.4rem 0 0.9rem; font-size: 0.86rem; }
.test div { display: grid; grid-template-columns: 8rem minmax(0, 1fr); gap: 1rem; padding: 0.12rem 0; }
.test dt { color: var(--soft); overflow-wrap: anywhere; } .test dd { margin: 0; overflow-wrap: anywhere; }
summary { cursor: pointer; font-size: 0.88rem; color: var(--link); padding: 0.3rem 0; width: fit-content; max-width: 100%; }
summary .size { color: var(--soft); margin-left: 0.5rem; }
details.table, details.keys, details.declaration { border-top: 1px solid var(--hair); }
details.declaration { margin-top: 1.4rem; }
details[open] > summary { margin-bottom: 0.3rem; }
.files, label.all { font-size: 0.84rem; color: var(--soft); }
label.all { display: block; margin: 0 0 0.4rem; cursor: pointer; }
.downloads a { margin-right: 0.6rem; }
figure { margin: 0 0 2.2rem; }
.plate { overflow-x: auto; background: var(--plate); filter: var(--turn); border: 1px solid #e3e2dc; border-radius: 4px; padding: 0.75rem; text-align: center; }
.plate img, .plate svg, .plate canvas { max-width: 100%; height: auto; vertical-align: top; }
.tools { font-size: 0.8rem; color: var(--soft); display: flex; flex-wrap: wrap; gap: 0.35rem 1.1rem; margin: 0.45rem 0 0; }
.toolset { display: inline-flex; flex-wrap: wrap; align-items: baseline; gap: 0.25rem; }
.toolset .of { margin-right: 0.15rem; }
.tools button { font: inherit; line-height: 1.3; color: var(--ink); background: none; border: 1px solid var(--line); border-radius: 3px; padding: 0.08rem 0.45rem; min-width: 1.6rem; cursor: pointer; }
.tools button:hover { border-color: var(--soft); }
.tools button:disabled { color: var(--soft); border-color: var(--hair); cursor: default; }
.tools button[aria-pressed=false] { color: var(--soft); border-style: dashed; text-decoration: line-through; }
.swatch { display: inline-block; width: 0.65em; height: 0.65em; border-radius: 50%; margin-right: 0.35em; filter: var(--turn); }
button[aria-pressed=false] .swatch { visibility: hidden; }
.plate svg, .plate canvas { touch-action: pan-x pan-y pinch-zoom; }
.scroll.tall { max-height: 26rem; }
.proof { font-size: 0.82rem; margin-left: 0.4rem; white-space: nowrap; }
figcaption { margin-top: 0.6rem; max-width: 44rem; font-size: 0.98rem; line-height: 1.45; }
figcaption .files { display: block; margin-top: 0.25rem; }
.scroll { overflow: auto; max-width: 100%; margin: 0 0 1rem; }
table { border-collapse: collapse; font-size: 0.84rem; line-height: 1.35; font-variant-numeric: tabular-nums; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
th, td { padding: 0.28rem 1.1rem 0.28rem 0; text-align: left; border-bottom: 1px solid var(--hair); vertical-align: baseline; }
thead th { border-bottom-color: var(--line); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 400; }
.n { text-align: right; }
td.failed { color: var(--refuted); font-weight: 600; }
th button { display: inline-flex; align-items: baseline; gap: 0.3em; font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
th button::after { content: "↕"; color: var(--soft); opacity: 0.55; font-size: 0.85em; }
.n button { flex-direction: row-reverse; }
th[aria-sort=ascending] button::after { content: "↑"; opacity: 1; } th[aria-sort=descending] button::after { content: "↓"; opacity: 1; }
label.all:not(:has(:checked)) + .scroll > table.long > tbody > tr:nth-child(n + 13) { display: none; }
table.keys code { font-size: 0.92em; overflow-wrap: anywhere; }
pre { overflow: auto; max-height: 34rem; margin: 0 0 1rem; padding: 0.8rem 1rem; background: var(--sunk); border-radius: 4px; line-height: 1.5; }
pre.source i { color: var(--soft); font-style: italic; }
td small { color: var(--soft); white-space: nowrap; }
.moves { list-style: none; padding: 0; } .moves li { margin: 0 0 0.4rem; }
footer { font-size: 0.82rem; color: var(--soft); }
#vg-tooltip-element { position: fixed; visibility: hidden; z-index: 9; max-width: 22rem; padding: 0.45rem 0.6rem; background: var(--raised); color: var(--ink); border: 1px solid var(--line); border-radius: 4px; box-shadow: 0 2px 8px rgb(0 0 0 / 0.18); font: 0.8rem/1.35 system-ui, "DejaVu Sans", sans-serif; pointer-events: none; }
#vg-tooltip-element.visible { visibility: visible; }
#vg-tooltip-element td { border: 0; padding: 0.05rem 0.5rem 0.05rem 0; } #vg-tooltip-element td.key { color: var(--soft); text-align: right; }
@media (max-width: 44rem) {
  .claim, .scores li, .test div { grid-template-columns: minmax(0, 1fr); gap: 0.25rem; }
  .brief { grid-column: 1; }
  .plate { padding: 0.4rem; text-align: start; } .plate img, .plate svg, .plate canvas { max-width: none; min-width: 32rem; }
}
${Array.from({ length: NUMERIC_COLUMNS }, (_, index) => numericColumn(index + 1)).join('')}`;
