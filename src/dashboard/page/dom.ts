/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

type Child = Node | string | number | null | false | undefined | readonly Child[];
type Handlers = { readonly [event in `on${string}`]?: (event: never) => void };
type Attributes = Readonly<Record<string, string | number | boolean | undefined | ((event: never) => void)>> & Handlers;

/** An element with attributes, handlers (`onclick`) and children. What is text stays text. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  append(element, children);
  return element;
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (typeof child === 'object' && !(child instanceof Node)) append(element, child);
    else element.append(child instanceof Node ? child : String(child));
  }
}

/** Puts children in the place of what is there. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren();
  append(element, children);
}

export const byId = (id: string): HTMLElement => document.getElementById(id)!;

/** At most once a frame, however often it is asked for. */
export function onceAFrame(draw: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
}
