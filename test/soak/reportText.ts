/** What a report tells of when, where and with what it was made: times, durations, names of runs, keys and versions. */
const OF_A_RUN: readonly RegExp[] = [
  /\d{4}-\d\d-\d\dT[\d:.-]+Z(-[0-9a-f]{6})?/g,
  /\d{4}-\d\d-\d\d/g,
  /\d\d:\d\d UTC/g,
  /(\d+(\.\d+)? ?(ms|s|min|h)\b ?)+/g,
  /data-v="[^"]*"/g,
  /\b[0-9a-f]{64}\b/g,
  /\bv?\d+\.\d+\.\d+\b/g,
  /\d+ jobs? at a time/g,
];

/** The pieces of a report less these, in an order of their own, for actions are told of in the order in which they ended. */
export const reportText = (html: string): string[] =>
  OF_A_RUN.reduce((text, pattern) => text.replace(pattern, '…'), html)
    .split('<')
    .sort();
