/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/** Opens what is folded around the element that the address names, and goes there. */
function reveal(): void {
  const target = document.getElementById(location.hash.slice(1)); // ids need no percent-encoding, see anchor()
  if (target === null) return;
  let folded = target.closest('details');
  if (folded === null) return;
  for (; folded !== null; folded = folded.parentElement?.closest('details') ?? null) folded.open = true;
  target.scrollIntoView();
}

/** Links into folded parts open them. */
export function revealTargets(): void {
  addEventListener('hashchange', reveal);
  reveal();
}

/** On a narrow screen the contents start folded. */
export function foldContents(): void {
  const contents = document.querySelector<HTMLDetailsElement>('.contents details');
  const wide = matchMedia('(min-width: 68rem)');
  const follow = () => {
    if (contents !== null) contents.open = wide.matches;
  };
  wide.addEventListener('change', follow);
  follow();
}
