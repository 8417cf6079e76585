import type { Context } from './context.ts';
import type { Draft } from './drafts.ts';
import type { Finding } from './explain.ts';
import { FAILED, referencesOf, resolve, type Scope, templateOf } from './interpolate.ts';
import type { KindCheck } from './kindCheck.ts';
import { isString, type Node } from './nodes.ts';
import type { Span } from './places.ts';
import type { Json } from './plan.ts';
import { joinPointer, locate, tokensOf } from './pointer.ts';
import { quote } from './problems.ts';
import { soleReference } from './template.ts';

export interface CellParams {
  readonly params: Json;
  readonly files: Readonly<Record<string, string>>;
}

/** What a cell's parameters are read from: the node, and the key to blame where a map lacks something. */
export interface Written {
  readonly node: Node;
  readonly key: Span;
}

/** Resolves and checks a cell's parameters; undefined after reporting what is wrong. */
export function readCellParams(
  draft: Draft,
  written: Written,
  check: KindCheck,
  scope: Scope,
  context: Context,
): CellParams | undefined {
  const params = resolve(written.node, scope);
  if (params === FAILED) return undefined;
  const findings = check.findings(params);
  for (const finding of findings) report(draft, finding, written, scope, context);
  if (findings.length > 0) return undefined;
  const files = readFiles(draft, written, check.files(params), params, scope, context);
  if (files === undefined) return undefined;
  return checkItself(draft, written, check, params, scope, context) ? { params, files } : undefined;
}

function report(draft: Draft, finding: Finding, written: Written, scope: Scope, context: Context, key?: string): void {
  const { code, pointer, unknownKey, message, expected, suggestion } = finding;
  const { node, key: parentKey } = locate(written.node, pointer);
  const entry = unknownKey !== undefined && node.kind === 'map' ? node.entries.get(unknownKey) : undefined;
  const whole = code !== 'parameter' && pointer === '' ? ` in \`${draft.sort === 'claim' ? 'test' : 'with'}\`` : '';
  const lacking = code === 'missing-key' && node.kind === 'map';
  scope.problems.add({
    code,
    at: entry?.key ?? (lacking ? (parentKey ?? written.key) : node),
    message: message + whole + definitions(node, context),
    expected,
    suggestion,
    cell: scope.cell,
    key: key ?? `${pointer} ${unknownKey ?? ''} ${expected ?? ''}`,
  });
}

/** `; params.lambda is defined at pipeline.yaml:5:30` for the parameters that a text refers to. */
function definitions(node: Node, { params }: Context): string {
  const paths = referencesOf(node)
    .filter(({ root }) => root === 'params')
    .map(({ path }) => params.whereDefined(path));
  return [...new Set(paths)].map((where) => `; ${where}`).join('');
}

/** Replaces the paths that parameters name, relative to the file that writes them, by study-relative ones. */
function readFiles(
  draft: Draft,
  written: Written,
  pointers: readonly string[],
  params: Json,
  scope: Scope,
  context: Context,
) {
  const files: Record<string, string> = Object.create(null);
  let fine = true;
  for (const pointer of pointers) {
    const tokens = tokensOf(pointer);
    const last = tokens.pop()!;
    const holder = tokens.reduce<Json>((value, token) => (value as Record<string, Json>)[token], params) as Record<
      string,
      Json
    >;
    const { node } = locate(written.node, pointer);
    const answer = context.files.find(holder[last] as string, declaringFile(node, draft, context));
    if ('path' in answer) {
      holder[last] = answer.path;
      files[pointer] = answer.path;
      continue;
    }
    fine = false;
    const { wrong, expected } = answer;
    const at = node.kind === 'scalar' ? node : written.key;
    scope.problems.add({
      code: 'missing-file',
      at,
      message: `${quote(holder[last])} ${wrong}`,
      expected,
      cell: scope.cell,
    });
  }
  return fine ? files : undefined;
}

/** The study file that wrote a text: for a lone reference to a parameter, the one that defines the parameter. */
function declaringFile(node: Node, draft: Draft, { params, mainFile }: Context): string {
  let here = node;
  for (let hops = 0; hops < 64 && isString(here); hops++) {
    const reference = soleReference(templateOf(here));
    const definition = reference?.root === 'params' ? params.definition(reference.path) : undefined;
    if (definition === undefined) break;
    here = definition;
  }
  if (here.kind !== 'scalar') return draft.file;
  return here.source.file.startsWith('--') ? mainFile : here.source.file;
}

function checkItself(
  draft: Draft,
  written: Written,
  check: KindCheck,
  params: Json,
  scope: Scope,
  context: Context,
): boolean {
  let problems: ReturnType<KindCheck['ownProblems']>;
  try {
    problems = check.ownProblems(params);
  } catch (error) {
    const message = `the check of kind ${quote(draft.uses)} failed: ${error instanceof Error ? error.message : error}`;
    scope.problems.add({ code: 'broken-kind', at: draft.usesAt, message, cell: scope.cell, key: 'check' });
    return false;
  }
  const counts = new Map<string, number>();
  for (const { path, message } of problems) {
    const pointer = path === '' || path.startsWith('/') ? path : joinPointer('', path);
    const count = counts.get(pointer) ?? 0;
    counts.set(pointer, count + 1);
    report(draft, { code: 'parameter', pointer, message }, written, scope, context, `check ${pointer} ${count}`);
  }
  return problems.length === 0;
}
