import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ActionRecord, parseRecord } from './actions.ts';
import type { Digest } from './canonical.ts';
import { compact } from './compaction.ts';
import { namesIn } from './folders.ts';
import { Segments } from './segments.ts';
import { readStatement, STATEMENTS, type Statement, statementPath } from './statements.ts';

/** All statements that can be read, by their digests. */
export function allStatements(storeRoot: string): Map<Digest, Statement> {
  const statements = new Map<Digest, Statement>();
  for (const name of namesIn(join(storeRoot, STATEMENTS))) {
    const id = name.replace(/\.json$/, '');
    const statement = readStatement(storeRoot, id);
    if (statement !== undefined) statements.set(id, statement);
  }
  return statements;
}

/** The targets of the records that each statement stands behind. */
export function statedTargets(storeRoot: string): Map<Digest, string[]> {
  const stated = new Map<Digest, string[]>();
  for (const { accepted, target } of acceptedRecords(storeRoot).values()) {
    const targets = stated.get(accepted.statement);
    if (targets === undefined) stated.set(accepted.statement, [target]);
    else targets.push(target);
  }
  return stated;
}

/**
 * Takes back statements: removes the records that name them, and those that were accepted from one of these. Records go
 * before the statements, so that none ever names a statement that is missing. Returns the targets of what was removed.
 */
export function revoke(storeRoot: string, ids: ReadonlySet<Digest>): string[] {
  const records = acceptedRecords(storeRoot);
  const gone = new Map<Digest, string>();
  for (let before = -1; before < gone.size; ) {
    before = gone.size;
    for (const [key, { accepted, target }] of records) {
      if (ids.has(accepted.statement) || gone.has(accepted.from)) gone.set(key, target);
    }
  }
  const folder = join(storeRoot, 'actions');
  // With their manifests: those of results that are missing say that something was lost, which nothing was.
  for (const extension of gone.size > 0 ? ['.log', '.manifests'] : []) {
    compact({ folder, extension, mayRewrite: () => true, keep: (key) => !gone.has(key) });
  }
  for (const id of ids) rmSync(statementPath(storeRoot, id), { force: true });
  return [...gone.values()];
}

type AcceptedRecord = ActionRecord & Required<Pick<ActionRecord, 'accepted'>>;

function acceptedRecords(storeRoot: string): Map<Digest, AcceptedRecord> {
  const { records } = new Segments(join(storeRoot, 'actions'), '.log', '').read();
  const accepted = new Map<Digest, AcceptedRecord>();
  for (const [key, text] of records) {
    const record = parseRecord(text);
    if (record?.accepted !== undefined) accepted.set(key, record as AcceptedRecord);
  }
  return accepted;
}
