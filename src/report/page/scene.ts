import type { View } from 'vega';

/** An item of Vega's scene graph, as far as the page reads it. */
export interface SceneItem {
  readonly datum?: Readonly<Record<string, unknown>>;
  readonly mark?: SceneMark;
  readonly items?: readonly SceneMark[];
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
  readonly stroke?: unknown;
  readonly fill?: unknown;
}

interface SceneMark {
  readonly marktype: string;
  readonly role?: string;
  readonly name?: string;
  readonly items: readonly SceneItem[];
}

/** A group that is drawn, and where its corner is in the figure. */
export interface PlacedGroup {
  readonly name: string | undefined;
  readonly item: SceneItem;
  readonly x: number;
  readonly y: number;
}

const root = (view: View): SceneItem =>
  (view.scenegraph() as unknown as { root: { items: readonly SceneItem[] } }).root.items[0] ?? {};

const isData = ({ role = 'mark' }: SceneMark): boolean => ['mark', 'scope', 'frame'].includes(role);

/** Groups of a figure with the figure itself first; axes, legends and titles are none. */
export function placedGroups(view: View): PlacedGroup[] {
  const [x, y] = view.origin();
  const padding = view.padding() as number | { readonly left?: number; readonly top?: number };
  const [left, top] = typeof padding === 'number' ? [padding, padding] : [padding.left ?? 0, padding.top ?? 0];
  const within = (item: SceneItem, name: string | undefined, atX: number, atY: number): PlacedGroup[] => [
    { name, item, x: atX, y: atY },
    ...(item.items ?? [])
      .filter((mark) => mark.marktype === 'group' && isData(mark))
      .flatMap((mark) =>
        mark.items.flatMap((inner) => within(inner, mark.name, atX + (inner.x ?? 0), atY + (inner.y ?? 0))),
      ),
  ];
  return within(root(view), undefined, x + left, y + top);
}

/** Every item that stands for data. */
export const dataItems = (view: View): SceneItem[] =>
  placedGroups(view).flatMap(({ item }) =>
    (item.items ?? []).filter((mark) => mark.marktype !== 'group' && isData(mark)).flatMap((mark) => mark.items),
  );
