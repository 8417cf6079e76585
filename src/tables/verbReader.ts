/** Something wrong with how verbs are written, and where: a path of keys below `with`. */
export interface VerbProblem {
  readonly keys: readonly (string | number)[];
  readonly message: string;
}

/** `verbs[1].derive.log10` */
export const showPath = (keys: readonly (string | number)[]): string =>
  keys.map((key, at) => (typeof key === 'number' ? `[${key}]` : at === 0 ? key : `.${key}`)).join('');

type Mapping = Readonly<Record<string, unknown>>;

export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const kindOf = (value: unknown): string =>
  value === null || value === undefined
    ? 'nothing'
    : Array.isArray(value)
      ? 'a list'
      : isMapping(value)
        ? 'a mapping'
        : JSON.stringify(value);

/** A value in YAML and where it stands. Reading it wrong notes a problem and goes on with something harmless. */
export class Node {
  readonly value: unknown;
  readonly keys: readonly (string | number)[];
  private readonly problems: VerbProblem[];

  constructor(value: unknown, keys: readonly (string | number)[], problems: VerbProblem[]) {
    this.value = value;
    this.keys = keys;
    this.problems = problems;
  }

  get path(): string {
    return showPath(this.keys);
  }

  get absent(): boolean {
    return this.value === undefined || this.value === null;
  }

  problem(message: string): void {
    this.problems.push({ keys: this.keys, message });
  }

  expected(what: string): void {
    this.problem(`expected ${what}, found ${kindOf(this.value)}`);
  }

  at(key: string | number): Node {
    const { value } = this;
    const inner =
      isMapping(value) && Object.hasOwn(value, key)
        ? value[key]
        : Array.isArray(value)
          ? value[key as number]
          : undefined;
    return new Node(inner, [...this.keys, key], this.problems);
  }

  /** A mapping's entries by name: the order in which a mapping is written means nothing in YAML, nor in a cache key. */
  entries(what: string): (readonly [string, Node])[] {
    if (!isMapping(this.value)) {
      this.expected(what);
      return [];
    }
    return Object.keys(this.value)
      .sort()
      .map((key) => [key, this.at(key)] as const);
  }

  items(): Node[] {
    return Array.isArray(this.value) ? this.value.map((_, index) => this.at(index)) : [this];
  }

  text(what: string): string {
    if (typeof this.value === 'string' && this.value !== '') return this.value;
    this.expected(what);
    return '';
  }

  columnName(): string {
    const name = this.text('the name of a column');
    if (name === '__proto__') this.problem('a column may not be named __proto__');
    return name;
  }

  /** One name or a list of names; none where absent. */
  columnNames(): string[] {
    return this.absent ? [] : this.items().map((item) => item.columnName());
  }

  integer(otherwise: number): number {
    if (this.absent) return otherwise;
    if (Number.isInteger(this.value)) return this.value as number;
    this.expected('an integer');
    return otherwise;
  }

  flag(otherwise: boolean): boolean {
    if (this.absent) return otherwise;
    if (typeof this.value === 'boolean') return this.value;
    this.expected('true or false');
    return otherwise;
  }

  /** Notes keys that a mapping may not have. */
  only(...known: string[]): void {
    if (!isMapping(this.value)) return;
    for (const key of Object.keys(this.value)) {
      if (!known.includes(key)) this.at(key).problem(`unknown key ${key} (there are: ${known.join(', ')})`);
    }
  }
}
