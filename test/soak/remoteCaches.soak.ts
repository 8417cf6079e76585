import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { BIN, ending, SMALL, TemporaryStudy } from '../cli/study.ts';
import { temporaryFolders } from '../store/folder.ts';
import { OWN, startBucket } from '../store/remote/bucket.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folder = temporaryFolders();
const text = readFileSync(join(ROOT, 'docs', 'remote-caches.md'), 'utf8');
const recipe = text.slice(text.indexOf('## In GitHub Actions'));
const [workflowText, folderText] = [...recipe.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block]) => block);

interface Step {
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly 'runs-on': string;
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

const workflow: { readonly on: object; readonly permissions: object; readonly jobs: Readonly<Record<string, Job>> } =
  parse(workflowText);
const job = workflow.jobs.results;
const folderSteps: readonly Step[] = parse(folderText);

/** What the actions take, by their action.yml. */
const INPUTS: Readonly<Record<string, readonly string[]>> = {
  'actions/checkout@v4': ['repository', 'ref', 'path', 'fetch-depth', 'lfs', 'persist-credentials'],
  'actions/setup-node@v4': ['node-version', 'node-version-file', 'cache', 'cache-dependency-path', 'check-latest'],
  'actions/cache@v4': ['path', 'key', 'restore-keys', 'fail-on-cache-miss', 'lookup-only', 'enableCrossOsArchive'],
};
const SECRETS = {
  DRIFTLINE_SIGNING_KEY: '',
  AWS_ACCESS_KEY_ID: OWN.accessKeyId,
  AWS_SECRET_ACCESS_KEY: OWN.secretAccessKey,
};

/** `${{ secrets.NAME }}` and `github.event_name == '…'`: all that the recipe asks of GitHub's expressions. */
const filled = (value: string): string =>
  value.replaceAll(/\$\{\{ secrets\.(\w+) \}\}/g, (_, name: string) => {
    if (!Object.hasOwn(SECRETS, name)) throw new Error(`no secret ${name}`);
    return SECRETS[name as keyof typeof SECRETS];
  });
function applies({ if: condition }: Step, event: string): boolean {
  if (condition === undefined) return true;
  const [, name] = /^github\.event_name == '(\w+)'$/.exec(condition)!;
  return name === event;
}

describe('the recipe for GitHub Actions', () => {
  it('is a workflow: its keys, events, permissions, actions and their inputs are known', () => {
    expect(Object.keys(workflow)).toEqual(['name', 'on', 'permissions', 'jobs']);
    expect(workflow.on).toEqual({ push: { branches: ['main'] }, pull_request: {} });
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(Object.keys(job)).toEqual(['runs-on', 'env', 'steps']);
    for (const step of [...job.steps, ...folderSteps]) {
      const { if: _, uses, with: given = {}, run, env: __, ...rest } = step;
      expect([rest, (uses === undefined) !== (run === undefined)]).toEqual([{}, true]);
      if (uses === undefined) expect(given).toEqual({});
      else expect(INPUTS[uses]).toEqual(expect.arrayContaining(Object.keys(given)));
    }
  });

  it('names secrets for no pull request', () => {
    const open = job.steps.filter((step) => applies(step, 'pull_request'));
    expect(JSON.stringify([open, job.env])).not.toContain('secrets.');
  });
});

describe('the steps of the recipe', () => {
  let bucket: Awaited<ReturnType<typeof startBucket>>;
  let study: TemporaryStudy;
  const FILES = {
    ...SMALL,
    'pipeline.yaml': SMALL['pipeline.yaml'].replace('{ large:', '{ quick: { params: { n: 4 } }, large:'),
    'parts/squares.yaml': SMALL['parts/squares.yaml'].replace(/ {2}large:[\s\S]*$/, ''),
  };

  beforeAll(async () => {
    bucket = await startBucket(folder());
    study = new TemporaryStudy(folder(), FILES);
    mkdirSync(join(study.root, 'bin'));
    symlinkSync(BIN, join(study.root, 'bin', 'driftline'));
    // As the recipe says: a key of CI's own, trusted for `main` alone.
    const own = { XDG_CONFIG_HOME: folder() };
    expect(recipe).toContain('driftline key create');
    const made = JSON.parse((await ending(study.start(['key', 'create', '--json'], own))).out);
    SECRETS.DRIFTLINE_SIGNING_KEY = readFileSync(made.path, 'utf8');
    const [, trust] = /`driftline (key trust ci ed25519:… --namespace main)`/.exec(recipe)!;
    const words = trust.replace('ed25519:…', made.public).split(' ');
    expect(await study.driftline(...words)).toMatchObject({ code: 0, err: '' });
    expect((await study.driftline('run', '--profile', 'quick', '--lock')).code).toBe(0);
  });
  afterAll(() => bucket.close());

  /** A fresh checkout of what is committed. */
  function checkout(): string {
    const place = folder();
    for (const path of [...Object.keys(FILES), 'driftline.keys', 'driftline.lock', 'bin']) {
      cpSync(join(study.root, path), join(place, path), { recursive: true, verbatimSymlinks: true });
    }
    return place;
  }

  async function step(place: string, { run, env = {} }: Step, more: Readonly<Record<string, string>>): Promise<string> {
    const { NODE_EXTRA_CA_CERTS: _, FORCE_COLOR: __, ...base } = process.env;
    const own = Object.fromEntries(
      Object.entries({ ...job.env, ...env }).map(([name, value]) => [name, filled(value)]),
    );
    const all = { ...base, XDG_CONFIG_HOME: place, AWS_ENDPOINT_URL_S3: bucket.endpoint, ...own, ...more };
    const child = spawn('bash', ['-e', '-c', run!], { cwd: place, env: all, stdio: ['ignore', 'pipe', 'pipe'] });
    const { code, out, err } = await ending(child);
    expect({ code, err }).toMatchObject({ code: 0 });
    return out + err;
  }

  /** What GitHub does for an event, in a machine of its own. */
  const happens = (event: string): Promise<string> => {
    const [one, ...others] = job.steps.filter((each) => each.run !== undefined && applies(each, event));
    expect(others).toEqual([]);
    return step(checkout(), one, { AWS_REGION: 'us-east-1' }); // this server has none of Amazon's other regions
  };

  it('upload what is merged; then pull requests compute nothing of it', async () => {
    const merged = await happens('push');
    expect(merged).toContain('8 executed, 0 cached');
    expect(merged).toContain('8 results uploaded');
    expect(await happens('pull_request')).toContain('0 executed, 0 cached, 8 fetched');
  });

  it('also fill themselves from a folder that travels in the cache of GitHub', async () => {
    const [, { run, env }] = folderSteps;
    const secret = { DRIFTLINE_SIGNING_KEY: SECRETS.DRIFTLINE_SIGNING_KEY };
    const merged = checkout();
    expect(await step(merged, { run: `${run} --cache-write`, env: { ...env } }, secret)).toContain(
      '8 results uploaded',
    );
    const later = checkout();
    cpSync(join(merged, '.shared'), join(later, '.shared'), { recursive: true });
    expect(await step(later, { run: run!, env: { ...env } }, {})).toContain('0 executed, 0 cached, 8 fetched');
  });
});
