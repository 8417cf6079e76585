import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/store/canonical.ts';
import { RULES, violations } from '../crate/rules.ts';
import { below } from '../soak/failpoints.ts';
import { temporaryFolders } from '../store/folder.ts';
import { FILES } from './exported.ts';
import { SMALL, TemporaryStudy } from './study.ts';

const folder = temporaryFolders();

let study: TemporaryStudy;
let crate: string;
const at = (...path: string[]): string => join(study.root, ...path);
const graphOf = (root: string): Record<string, unknown>[] =>
  JSON.parse(readFileSync(join(root, 'ro-crate-metadata.json'), 'utf8'))['@graph'];
const entityOf = (root: string, id: string) => graphOf(root).find((each) => each['@id'] === id);

beforeAll(async () => {
  study = new TemporaryStudy(folder(), FILES);
  const { code, err } = await study.driftline('run', '--lock');
  if (code !== 0) throw new Error(err);
  crate = join(folder(), 'crate');
  expect(await study.driftline('export', crate)).toMatchObject({ code: 0, err: '' });
});

describe('driftline export', () => {
  it('writes a crate that follows RO-Crate 1.1 and the profiles of Workflow Run RO-Crate', () => {
    expect(violations(crate)).toEqual([]);
  });

  it('says what it wrote, under which licence, and how to compute it again', async () => {
    const place = join(folder(), 'a', 'b', 'crate.zip');
    const { code, out, err } = await study.driftline('export', place);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /crate\.zip is an RO-Crate with the study and the results of run \S+: \d+ files, [\d.]+ [kM]B\.\n/,
    );
    expect(out).toMatch(/on any machine, in its folder: driftline run --locked\n$/);
    const json = await study.driftline('export', join(folder(), 'crate'), '--json', '--with-store');
    expect(JSON.parse(json.out)).toMatchObject({
      format: 'folder',
      profile: null,
      licence: { from: 'file', path: 'LICENSE' },
      lock: { state: 'same' },
      again: 'driftline verify --sample 10',
    });
  });

  it('has the sources, code, data and results, each with its size and digest', () => {
    const files = graphOf(crate).filter(({ '@type': type }) => [type].flat().includes('File'));
    for (const file of files) {
      const bytes = readFileSync(join(crate, decodeURIComponent(file['@id'] as string)));
      expect([file['@id'], file.contentSize, file.sha256]).toEqual([file['@id'], String(bytes.length), sha256(bytes)]);
      expect(file.encodingFormat).toMatch(/^\w+\/[\w.+-]+$/);
    }
    const paths = below(crate).map((path) => path.slice(crate.length + 1));
    expect(paths).toEqual(
      expect.arrayContaining([
        ...Object.keys(FILES),
        'driftline.lock',
        'out/claims.json',
        'out/figures/drawn.svg',
        'out/report/index.html',
        'out/run.json',
        'out/tables/sums.table.arrow',
        'out/tables/sums.table.csv',
        'out/tables/sums.table.parquet',
        'ro-crate-preview.html',
      ]),
    );
    expect(paths.some((path) => /^driftline-[\d.]+\/stages\/join\.ts$/.test(path))).toBe(true);
    // Every file of the crate is described but the two that describe.
    const described = new Set(files.map((file) => decodeURIComponent(file['@id'] as string)));
    expect(paths.filter((path) => !described.has(path))).toEqual(['ro-crate-metadata.json', 'ro-crate-preview.html']);
    expect(readFileSync(join(crate, 'driftline.lock'))).toEqual(readFileSync(at('driftline.lock')));
  });

  it('tells what was made of what, with which parameters, when, and how long it took', () => {
    expect(entityOf(crate, '#value/sizes')).toMatchObject({ value: [1, 2], exampleOfWork: { '@id': '#param/sizes' } });
    expect(entityOf(crate, '#value/how')).toMatchObject({ value: '{"a":1}' });
    expect(entityOf(crate, '#with/squares/offset')).toMatchObject({ value: [1, 2] });
    expect(entityOf(crate, '#environment/doubled/FACTOR')).toMatchObject({ value: '2' });
    expect(entityOf(crate, '#action/doubled')).toMatchObject({
      instrument: { '@id': '#program/doubled' },
      object: [
        { '@id': 'parts/weights%20of%20all.csv' },
        { '@id': 'parts/double.mjs' },
        { '@id': '#with/doubled/argv' },
      ],
    });
    expect(entityOf(crate, '#with/doubled/argv')).toMatchObject({
      value: 'node parts/double.mjs ${inputs.rows} ${outputs.twice}',
    });
    expect(entityOf(crate, '#action/weighed')).toMatchObject({
      object: expect.arrayContaining([
        { '@id': 'out/tables/sums.table.arrow' },
        { '@id': 'parts/weights%20of%20all.csv' },
      ]),
      result: ['arrow', 'csv', 'parquet'].map((end) => ({ '@id': `out/tables/weighed.table.${end}` })),
      description: expect.stringMatching(/^\d actions?, computed in this run\.$/),
    });
    const run = graphOf(crate).find(({ '@id': id }) => String(id).startsWith('#run/'))!;
    const started = Date.parse(run.startTime as string);
    expect(started).toBeGreaterThan(Date.now() - 600_000);
    expect(Date.parse(run.endTime as string)).toBeGreaterThanOrEqual(started);
    expect(entityOf(crate, '#seconds/squares')).toMatchObject({ value: expect.any(Number), unitText: 'seconds' });
    expect(entityOf(crate, '#kind/squares')).toMatchObject({ mainEntity: { '@id': 'stages/squares.ts' } });
  });

  it('gives the same bytes for the same run, also from a copy of the study elsewhere, without its out/', async () => {
    const [one, two] = [join(folder(), 'one.zip'), join(folder(), 'two.zip')];
    await study.driftline('export', one);
    const copy = new TemporaryStudy(join(folder(), 'copy'));
    cpSync(study.root, copy.root, { recursive: true, filter: (path) => path !== at('out') });
    expect((await copy.driftline('export', two)).code).toBe(0);
    expect(readFileSync(two).equals(readFileSync(one))).toBe(true);
    const unzipped = unzipSync(readFileSync(one));
    expect(Object.keys(unzipped)[0]).toBe('ro-crate-metadata.json');
    for (const path of below(crate)) {
      expect(Buffer.from(unzipped[path.slice(crate.length + 1)]).equals(readFileSync(path))).toBe(true);
    }
  });

  it('names nobody and no machine unless told to', async () => {
    const place = join(folder(), 'crate');
    await study.driftline('export', place, '--with-store');
    const texts = below(place).map((path) => readFileSync(path, 'latin1'));
    for (const secret of [study.root, dirname(study.root), `"${hostname()}"`]) {
      expect(texts.filter((text) => text.includes(secret))).toEqual([]);
    }
    expect(graphOf(place).filter(({ agent }) => agent !== undefined)).toEqual([]);
    const told = join(folder(), 'crate');
    const who = ['--by', 'Josiah Carberry', '--orcid', '0000-0002-1825-0097', '--license', 'CC-BY-4.0'];
    expect((await study.driftline('export', told, ...who)).code).toBe(0);
    const person = { '@id': 'https://orcid.org/0000-0002-1825-0097' };
    expect(entityOf(told, person['@id'])).toMatchObject({ '@type': 'Person', name: 'Josiah Carberry' });
    expect(graphOf(told).filter(({ agent }) => agent !== undefined)).toMatchObject([
      { agent: person },
      { agent: person },
    ]);
    expect(entityOf(told, './')).toMatchObject({ license: { '@id': 'https://spdx.org/licenses/CC-BY-4.0' } });
    expect(violations(told)).toEqual([]);
  });

  it('goes into an empty folder too', async () => {
    const empty = join(folder(), 'empty');
    mkdirSync(empty);
    expect((await study.driftline('export', empty)).code).toBe(0);
    expect(statSync(join(empty, 'pipeline.yaml')).isFile()).toBe(true);
  });
});

describe('driftline export refuses, and writes nothing', () => {
  const refused = async (place: string, ...more: string[]) => {
    const { code, out, err } = await study.driftline('export', place, ...more);
    expect(out).toBe('');
    return { code, err };
  };

  it('a place that holds something', async () => {
    const full = folder();
    writeFileSync(join(full, 'mine.txt'), 'mine');
    expect(await refused(full)).toEqual({
      code: 2,
      err: expect.stringMatching(/^The folder \S+ is not empty\. Name one/),
    });
    expect(readdirSync(full)).toEqual(['mine.txt']);
    writeFileSync(join(full, 'mine.zip'), 'mine');
    expect(await refused(join(full, 'mine.zip'))).toEqual({
      code: 2,
      err: expect.stringContaining('is there already'),
    });
    expect(await refused(join(full, 'mine.txt'))).toEqual({
      code: 2,
      err: expect.stringContaining('is there already'),
    });
    expect(await refused(join(full, 'mine.txt', 'crate'))).toEqual({
      code: 2,
      err: expect.stringMatching(/cannot be made: \S+mine\.txt is a file, not a folder\.\n$/),
    });
    symlinkSync(join(full, 'nowhere'), join(full, 'link'));
    expect(await refused(join(full, 'link'))).toEqual({ code: 2, err: expect.stringContaining('is there already') });
    expect(readFileSync(join(full, 'mine.zip'), 'utf8')).toBe('mine');
  });

  it('a study that was not run, or whose last run failed, or that was changed since', async () => {
    const place = join(folder(), 'crate');
    const fresh = new TemporaryStudy(folder(), SMALL);
    const none = await fresh.driftline('export', place);
    expect(none).toEqual({
      code: 1,
      out: '',
      err: 'There is nothing whole to export: the study has no results that are up to date (without a profile; --profile names one).\nMake them with: driftline run\n',
    });
    fresh.write({
      'stages/squares.ts': SMALL['stages/squares.ts'].replace(
        'const i =',
        "if (offset === 2) throw new Error('no twos'); const i =",
      ),
    });
    expect((await fresh.driftline('run')).code).toBe(1);
    const failed = await fresh.driftline('export', place);
    expect(failed).toMatchObject({ code: 1, out: '' });
    expect(failed.err).toMatch(
      /\nsquares\[scale=2\] failed in the last run: no twos\nMake them with: driftline run\n$/,
    );
    fresh.write({ 'stages/squares.ts': SMALL['stages/squares.ts'] });
    expect((await fresh.driftline('run', 'other')).code).toBe(0);
    expect((await fresh.driftline('run', 'positive', 'large')).code).toBe(0);
    const several = await fresh.driftline('export', place);
    expect(several).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no single run has them all.*\n.*computes nothing: driftline run\n$/),
    });
    expect((await fresh.driftline('run')).out).toContain('Nothing had to run');
    expect(existsSync(place)).toBe(false);
    expect((await fresh.driftline('export', place)).code).toBe(0);
  });

  it('a profile that there is not, or somebody who cannot be', async () => {
    const place = join(folder(), 'crate');
    expect(await refused(place, '--profile', 'larg')).toEqual({ code: 2, err: expect.stringContaining('large') });
    expect(await refused(place, '--orcid', '0000-0002-1825-0097')).toEqual({
      code: 2,
      err: '--orcid belongs to a name: give --by too.\n',
    });
    expect(existsSync(place)).toBe(false);
  });

  it('code from outside of the study', async () => {
    const root = folder();
    const outside = new TemporaryStudy(join(root, 'study'), {
      'pipeline.yaml': 'driftline: 1\nstudy: S\nstages: { a: { uses: a } }\n',
      '../shared.ts': 'export const one = 1;\n',
      'stages/a.ts': `import { one } from '../../shared.ts';
export default { summary: 'A', params: {}, inputs: {}, outputs: { t: { type: 'table', schema: { x: 'int32' } } }, run: () => ({ t: { x: [one] } }) };
`,
    });
    expect((await outside.driftline('run')).code).toBe(0);
    const { code, err } = await outside.driftline('export', join(root, 'crate'));
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("lies outside the study's folder") });
  });
});

describe('the rules of crates', () => {
  /** Breaks what a crate says of itself and returns which rules say so. */
  const broken = (change: (graph: Record<string, unknown>[]) => void): string[] => {
    const metadata = JSON.parse(readFileSync(join(crate, 'ro-crate-metadata.json'), 'utf8'));
    change(metadata['@graph']);
    return violations(crate, metadata).map((text) => text.split(': ')[0]);
  };
  const find = (graph: Record<string, unknown>[], id: string) => graph.find((each) => each['@id'] === id)!;
  const first = (graph: Record<string, unknown>[], type: string) => graph.find((each) => each['@type'] === type)!;

  // Each is broken once, so that none of them is a rule that nothing can break.
  const BREAKS: Readonly<Record<string, (graph: Record<string, unknown>[]) => void>> = {
    'every entity has an id of its own and a type': (graph) => graph.push({ '@id': './', '@type': 'Dataset' }),
    'the graph is flat: an object within an entity is a reference': (graph) => {
      find(graph, './').author = { '@id': '#a', name: 'A' };
    },
    'the graph is compacted: no list has one item or none': (graph) => {
      find(graph, './').license = [find(graph, './').license];
    },
    'terms are those of the contexts': (graph) => {
      find(graph, './').invented = 'word';
    },
    'ids are URI references that do not leave the crate': (graph) => {
      graph.push({ '@id': '../with space', '@type': 'CreativeWork' });
    },
    'what is referred to is described': (graph) => {
      find(graph, './').mentions = { '@id': '#nothing' };
    },
    'the metadata file describes itself, as RO-Crate 1.1 about the root': (graph) => {
      delete find(graph, 'ro-crate-metadata.json').conformsTo;
    },
    'the root is a Dataset whose id ends with a slash': (graph) => {
      find(graph, './')['@type'] = 'CreativeWork';
    },
    'the root has a name, a description, a date and a licence': (graph) => {
      find(graph, './').datePublished = 'yesterday';
    },
    'files and folders are linked from the root by hasPart': (graph) => {
      (find(graph, './').hasPart as unknown[]).pop();
    },
    'the root has files and folders as its parts, and nothing else': (graph) => {
      (find(graph, './').hasPart as unknown[]).push({ '@id': '#driftline' });
    },
    'files and folders are in the crate, or on the web': (graph) => {
      graph.push({ '@id': 'none.csv', '@type': 'File' });
    },
    'a script is a File and SoftwareSourceCode with a name': (graph) => {
      delete find(graph, 'parts/double.mjs').name;
    },
    'a language has a name, an address and a version': (graph) => {
      delete find(graph, '#study-language').version;
    },
    'a page for people holds a copy of the metadata': (graph) => {
      find(graph, './').name = 'Another';
    },
    'the root conforms to all four profiles, each a CreativeWork': (graph) => {
      (find(graph, './').conformsTo as unknown[]).pop();
    },
    'the main entity is the workflow: a File, SoftwareSourceCode, ComputationalWorkflow, and with steps a HowTo': (
      graph,
    ) => {
      find(graph, 'pipeline.yaml')['@type'] = ['File', 'SoftwareSourceCode', 'ComputationalWorkflow'];
    },
    'the workflow has a name and a ComputerLanguage': (graph) => {
      delete find(graph, 'pipeline.yaml').programmingLanguage;
    },
    'the workflow has tools, each the instrument of some action': (graph) => {
      find(graph, '#action/drawn').instrument = { '@id': '#kind/join' };
    },
    'a run of the workflow is recorded': (graph) => {
      for (const each of graph) if (String(each['@id']).startsWith('#run/')) each.instrument = { '@id': '#kind/join' };
    },
    'an action has a tool as its instrument': (graph) => {
      delete find(graph, '#action/sums').instrument;
    },
    'input and output are FormalParameters': (graph) => {
      find(graph, '#kind/join').input = { '@id': '#driftline' };
    },
    'a FormalParameter has an additionalType': (graph) => {
      delete first(graph, 'FormalParameter').additionalType;
    },
    'a FormalParameter has data or values as its examples': (graph) => {
      first(graph, 'FormalParameter').workExample = { '@id': '#driftline' };
    },
    'what realises a parameter refers to a FormalParameter': (graph) => {
      first(graph, 'PropertyValue').exampleOfWork = { '@id': '#driftline' };
    },
    'a step is the workflow’s, and names its tool': (graph) => {
      delete first(graph, 'HowToStep').workExample;
    },
    'a step comes after those whose outputs it needs': (graph) => {
      find(graph, '#step/weighed').position = 1;
    },
    'a ControlAction is of a step, and of the action that did it': (graph) => {
      first(graph, 'ControlAction').object = { '@id': './' };
    },
    'an OrganizeAction is of an engine, its steps, and the run': (graph) => {
      delete first(graph, 'OrganizeAction').result;
    },
    'a connection is from a parameter to a parameter': (graph) => {
      delete first(graph, 'ParameterConnection').sourceParameter;
    },
    'what an action used is a PropertyValue that says of what': (graph) => {
      delete find(graph, '#seconds/sums').propertyID;
    },
  };

  it('are each broken by some crate', () => {
    expect(Object.keys(BREAKS)).toEqual(Object.keys(RULES));
    for (const [rule, change] of Object.entries(BREAKS)) {
      const name = rule.split(': ')[0];
      // The page for people holds what the metadata said before, so every change breaks that rule too.
      expect(broken(change)).toEqual(expect.arrayContaining([name]));
    }
  });
});
