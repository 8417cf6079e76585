/// <reference lib="dom" />

/** The JSON that the report packed into the element of this id; undefined where there is none. */
export async function unpacked(id: string): Promise<string | undefined> {
  const text = document.getElementById(id)?.textContent;
  if (text === null || text === undefined) return undefined;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))).text();
}
