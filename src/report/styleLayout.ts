/** Page, type and the column of contents. */
export const LAYOUT = `*, ::before, ::after { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.55 "Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", P052, Charter, "Bitstream Charter", Georgia, "DejaVu Serif", serif;
  overflow-wrap: break-word; hanging-punctuation: first;
}
nav, summary, table, dl, label, .tally, .verdict, .kicker, .origin, .name, .brief, .files, .size, .downloads, .tools, .proof, .skip, .verdicts, footer {
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif;
}
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace; font-size: 0.87em; }
sub, sup { line-height: 0; font-size: 0.74em; }
h1, h2, h3 { line-height: 1.2; font-weight: 600; text-wrap: balance; }
h1 { font-size: clamp(1.8rem, 1.3rem + 2vw, 2.4rem); margin: 0 0 0.6rem; letter-spacing: -0.012em; }
h2 { font-size: 1.6rem; margin: 0 0 0.8rem; }
h3 { font-size: 1.12rem; margin: 2.2rem 0 0.7rem; }
p { margin: 0 0 0.8rem; text-wrap: pretty; }
a { color: var(--link); text-decoration-thickness: 0.06em; text-underline-offset: 0.16em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.page { max-width: 78rem; margin: 0 auto; padding: 0 1.25rem; }
main { min-width: 0; max-width: 58rem; padding: 2.5rem 0 4rem; }
header, main > section { padding-bottom: 2.6rem; }
main > section { border-top: 1px solid var(--line); padding-top: 2.2rem; }
.about, main > section > p { max-width: 40rem; }
.skip { position: absolute; left: -999rem; background: var(--raised); padding: 0.5rem 1rem; z-index: 2; }
.skip:focus { left: 1rem; top: 0.5rem; }
.contents { font-size: 0.86rem; line-height: 1.4; padding-top: 1.2rem; }
.contents ol { list-style: none; margin: 0.5rem 0 0; padding: 0; }
.contents li { margin: 0 0 0.45rem; }
.contents a { color: var(--soft); text-decoration: none; }
.contents a:hover, .contents a:focus-visible { color: var(--link); text-decoration: underline; }
.contents summary { font-weight: 600; color: var(--soft); }
@media (min-width: 68rem) {
  .page { display: grid; grid-template-columns: 13rem minmax(0, 1fr); gap: 3.5rem; }
  .contents { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 3.1rem 0 2rem; }
  .contents summary { list-style: none; pointer-events: none; }
  .contents summary::-webkit-details-marker { display: none; }
}
`;
