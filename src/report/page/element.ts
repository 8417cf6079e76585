/// <reference lib="dom" />

/** An element with its attributes and what is in it; text is text. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function button(label: string, press: (self: HTMLButtonElement) => unknown, name?: string): HTMLButtonElement {
  const made = element('button', { type: 'button', ...(name !== undefined && { 'aria-label': name }) }, label);
  made.addEventListener('click', () => press(made));
  return made;
}
