import { html, type Markup } from '../report/html.ts';
import type { Dag } from './dag.ts';
import { type DagBox, type DagLine, FONT_SIZE, layoutDag } from './dagLayout.ts';

/** How far a claim's pointed sides go in. */
const POINT = 10;

/** A DAG as an SVG document: stages are boxes, claims hexagons; a line's tooltip says what flows along it. */
export function dagSvg(dag: Dag, title: string): string {
  const { width, height, boxes, lines } = layoutDag(dag);
  const document = html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="DejaVu Sans, Helvetica, Arial, sans-serif" font-size="${FONT_SIZE}">
<title>${title}</title>
<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#666"/></marker></defs>
<rect width="100%" height="100%" fill="white"/>
<g fill="none" stroke="#666" stroke-width="1">
${lines.map(line)}</g>
<g stroke="#0072b2" stroke-width="1.2" text-anchor="middle" dominant-baseline="central">
${boxes.map(box)}</g>
</svg>
`;
  return document.text;
}

const line = ({ from, to, outputs, points }: DagLine): Markup =>
  html`<path d="${curve(points)}" marker-end="url(#arrow)"><title>${from} → ${to}: ${outputs.join(', ')}</title></path>
`;

/** Through the middles of the stretches, bent at the points between: smooth, and within the polyline's bends. */
export function curve(points: DagLine['points']): string {
  const at = ({ x, y }: DagLine['points'][number]): string => `${round(x)} ${round(y)}`;
  const middle = (i: number) => ({ x: (points[i].x + points[i + 1].x) / 2, y: (points[i].y + points[i + 1].y) / 2 });
  const bends = points.slice(1, -1).map((point, i) => {
    const end = i + 2 === points.length - 1 ? points[i + 2] : middle(i + 1);
    return `Q${at(point)} ${at(end)}`;
  });
  return bends.length === 0 ? `M${at(points[0])}L${at(points[1])}` : `M${at(points[0])}${bends.join('')}`;
}

function box({ node, x, y, width, height }: DagBox): Markup {
  const [left, right, top, bottom] = [x - width / 2, x + width / 2, y - height / 2, y + height / 2].map(round);
  const shape = node.isClaim
    ? html`<path fill="#fdf1e7" stroke="#d55e00" d="M${left} ${round(y)}L${left + POINT} ${top}H${right - POINT}L${right} ${round(y)}L${right - POINT} ${bottom}H${left + POINT}z"/>`
    : html`<rect fill="#eaf3f9" x="${left}" y="${top}" width="${round(width)}" height="${height}" rx="4"/>`;
  return html`<g>${shape}<text x="${round(x)}" y="${round(y)}" fill="#222" stroke="none">${node.isClaim ? node.label.slice('claim:'.length) : node.label}</text></g>
`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
