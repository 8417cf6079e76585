/// <reference lib="dom" />
import { byId, fill, h } from './dom.ts';

/** Shows what a run or the server said, until it is closed or something else is said. */
export function say(words: string, isBad: boolean): void {
  const place = byId('said');
  place.className = isBad ? 'bad' : '';
  // Of what a run said at length, its last words are the news.
  const news = Math.max(words.search(/^(Done|Nothing had to run|Interrupted|Failed)\b/m), 0);
  const all = news > 0 && h('details', {}, h('summary', {}, 'All that it said'), words.slice(0, news).trimEnd());
  fill(place, h('button', { type: 'button', onclick: quiet }, 'Close'), words.slice(news), all);
  place.hidden = false;
}

export function quiet(): void {
  byId('said').hidden = true;
}
