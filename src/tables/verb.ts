/** An expression of Arquero's language, as text, with its place for messages. */
export interface Expression {
  readonly name: string;
  readonly text: string;
  readonly path: string;
}

/** Columns to keep, each under its old or a new name. */
export type Selection =
  | { readonly keep: readonly (readonly [from: string, to: string])[] }
  | { readonly drop: readonly string[] };

/** The other table of a verb that reads two: an input, with verbs of its own. */
export interface Other {
  readonly from: string;
  readonly verbs: readonly Verb[];
}

export type JoinName = 'join' | 'join_left' | 'join_right' | 'join_full' | 'semijoin' | 'antijoin' | 'cross';

/** How rows of two tables match: equal keys, or a condition on both rows. */
export type On =
  | { readonly left: readonly string[]; readonly right: readonly string[] }
  | { readonly condition: Expression };

/** Arquero's verbs as plain data. `path` says where a verb stands below `with`, such as `verbs[1].derive`. */
export type Verb = { readonly path: string } & (
  | { readonly verb: 'derive' | 'rollup' | 'groupby'; readonly columns: readonly Expression[] }
  | { readonly verb: 'filter'; readonly condition: Expression }
  | { readonly verb: 'select'; readonly selection: Selection }
  | { readonly verb: 'rename'; readonly names: readonly (readonly [from: string, to: string])[] }
  | {
      readonly verb: 'relocate';
      readonly columns: readonly string[];
      readonly before?: string;
      readonly after?: string;
    }
  | { readonly verb: 'orderby'; readonly keys: readonly { readonly by: Expression; readonly descending: boolean }[] }
  | { readonly verb: 'ungroup' | 'unorder' }
  | { readonly verb: 'count'; readonly as: string }
  | { readonly verb: 'dedupe'; readonly columns: readonly string[] }
  | { readonly verb: 'slice'; readonly start: number; readonly end: number }
  | { readonly verb: 'fold'; readonly columns: readonly string[]; readonly as: readonly [key: string, value: string] }
  | {
      readonly verb: 'pivot';
      readonly on: readonly string[];
      readonly values: readonly Expression[];
      readonly sort: boolean;
    }
  | { readonly verb: 'unroll'; readonly columns: readonly string[]; readonly index?: string }
  | { readonly verb: 'spread'; readonly columns: readonly string[]; readonly as: readonly string[] }
  | { readonly verb: 'impute'; readonly columns: readonly Expression[]; readonly expand: readonly string[] }
  | { readonly verb: 'concat' | 'union' | 'intersect' | 'except' | 'assign'; readonly others: readonly Other[] }
  | { readonly verb: 'lookup'; readonly other: Other; readonly on: On; readonly columns: readonly string[] }
  | {
      readonly verb: JoinName;
      readonly other: Other;
      /** Absent: all columns that both tables have. */
      readonly on?: On;
      readonly suffix: readonly [left: string, right: string];
    }
);
