import { html, type Markup } from '../report/html.ts';
import type { Dag } from './dag.ts';
import { type DagBox, type DagLine, FONT_SIZE, layoutDag } from './dagLayout.ts';
import { curve } from './dagSvg.ts';

/** The stages as the page's own drawing: a link to each, whose colour and bar the page keeps up to date. */
export function liveDag(dag: Dag): string {
  const { width, height, boxes, lines } = layoutDag(dag);
  return html`<svg xmlns="http://www.w3.org/2000/svg" class="dag" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="group" aria-label="Stages, and what flows between them" font-size="${FONT_SIZE}">
<g class="lines" aria-hidden="true">${lines.map(line)}</g>
${boxes.map(box)}</svg>`.text;
}

const line = ({ from, to, outputs, points }: DagLine): Markup =>
  html`<path data-from="${from}" data-to="${to}" d="${curve(points)}"><title>${from} → ${to}: ${outputs.join(', ')}</title></path>`;

function box({ node, x, y, width, height }: DagBox): Markup {
  const [left, top] = [x - width / 2, y - height / 2].map((value) => Math.round(value * 10) / 10);
  const at = html`x="${left}" width="${width}"`;
  return html`<a class="stage" href="#/stage/${encodeURIComponent(node.name)}" data-stage="${node.name}"><rect class="box" ${at} y="${top}" height="${height}" rx="4"/><rect class="bar" x="${left + 1}" y="${top + height - 4}" width="0" height="3" data-width="${width - 2}"/><text x="${x}" y="${y}" text-anchor="middle" dominant-baseline="central">${node.label}</text></a>
`;
}
