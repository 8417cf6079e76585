import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

// What RO-Crate 1.1 and the profiles Workflow RO-Crate 1.0 and Process, Workflow and Provenance Run Crate 0.5 say that a
// crate MUST be, rule by rule, from their texts: https://w3id.org/ro/crate/1.1, https://about.workflowhub.eu/Workflow-RO-Crate/1.0
// and https://w3id.org/ro/wfrun/{process,workflow,provenance}/0.5

type Thing = Readonly<Record<string, unknown>> & { readonly '@id': string };

/** A crate's graph, with what its rules are put in terms of. */
class Graph {
  readonly things: readonly Thing[];
  readonly #byId: ReadonlyMap<string, Thing>;

  constructor(things: readonly Thing[]) {
    this.things = things;
    this.#byId = new Map(things.map((thing) => [thing['@id'], thing]));
  }

  get(id: unknown): Thing | undefined {
    return typeof id === 'string' ? this.#byId.get(id) : undefined;
  }

  is(thing: Thing | undefined, ...types: string[]): boolean {
    return thing !== undefined && types.some((type) => listOf(thing['@type']).includes(type));
  }

  of(...types: string[]): Thing[] {
    return this.things.filter((thing) => this.is(thing, ...types));
  }

  /** Ids that a property refers to. */
  ids(thing: Thing | undefined, property: string): string[] {
    return listOf(thing?.[property]).flatMap((value) => ((value as Thing | null)?.['@id'] as string | undefined) ?? []);
  }

  /** Whether a property refers to things of these types, once at least, and to no others. */
  refersTo(thing: Thing, property: string, ...types: string[]): boolean {
    const ids = this.ids(thing, property);
    return ids.length > 0 && ids.every((id) => this.is(this.get(id), ...types));
  }

  get root(): Thing | undefined {
    return this.get(this.ids(this.get('ro-crate-metadata.json'), 'about')[0]);
  }

  get workflow(): Thing | undefined {
    return this.get(this.ids(this.root, 'mainEntity')[0]);
  }
}

const listOf = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

const TOOLS = ['SoftwareApplication', 'SoftwareSourceCode', 'ComputationalWorkflow'];
const isAbsolute = (id: string): boolean => /^[a-z][a-z0-9+.-]*:/i.test(id);
const isLocal = (id: string): boolean => id.startsWith('#') || id.startsWith('_:');
const ISO_DATE =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;
/** RFC 3987: what a relative reference may consist of, international letters included. */
const IRI = /^(?:[\p{L}\p{M}\p{N}\-._~!$&'()*+,;=:@/?#[\]]|%[0-9A-F]{2})+$/iu;

/** Terms that the contexts define, of those that studies are told in: any other would not be linked data. */
const TERMS = new Set(
  `about actionStatus additionalType agent connection conformsTo contentSize datePublished description encodingFormat endTime
   environment exampleOfWork hasPart identifier input instrument isPartOf license mainEntity mentions multipleValues name object
   output position programmingLanguage propertyID resourceUsage result sha256 softwareRequirements softwareVersion
   sourceParameter startTime step targetParameter unitCode unitText url value valueRequired version workExample`.split(
    /\s+/,
  ),
);
const TYPES = new Set(
  `ComputationalWorkflow ComputerLanguage ControlAction CreateAction CreativeWork Dataset File FormalParameter HowTo HowToStep
   ImageObject OrganizeAction ParameterConnection Person PropertyValue SoftwareApplication SoftwareSourceCode`.split(
    /\s+/,
  ),
);

type Rule = (graph: Graph, folder: string, metadata: unknown) => readonly string[] | boolean;

/** Each gives what breaks it: ids, or false where nothing can be named. */
export const RULES: Readonly<Record<string, Rule>> = {
  'every entity has an id of its own and a type': ({ things }) =>
    things
      .filter((thing, at) => {
        const same = things.findIndex((other) => other['@id'] === thing['@id']);
        return typeof thing['@id'] !== 'string' || listOf(thing['@type']).length === 0 || same !== at;
      })
      .map((thing) => thing['@id']),

  'the graph is flat: an object within an entity is a reference': ({ things }) =>
    things.flatMap((thing) =>
      Object.values(thing)
        .flatMap(listOf)
        .filter((value) => typeof value === 'object' && (value === null || Object.keys(value).join() !== '@id'))
        .map(() => thing['@id']),
    ),

  'the graph is compacted: no list has one item or none': ({ things }) =>
    things
      .filter((thing) => Object.values(thing).some((value) => Array.isArray(value) && value.length < 2))
      .map((thing) => thing['@id']),

  'terms are those of the contexts': ({ things }) =>
    things.flatMap((thing) => [
      ...Object.keys(thing).filter((name) => !name.startsWith('@') && !TERMS.has(name)),
      ...listOf(thing['@type']).filter((type): type is string => !TYPES.has(String(type))),
    ]),

  'ids are URI references that do not leave the crate': ({ things }) =>
    things
      .map((thing) => thing['@id'])
      .filter((id) => !IRI.test(id) || id.startsWith('/') || id.split('/').includes('..')),

  'what is referred to is described': (graph) =>
    graph.things.flatMap((thing) =>
      Object.keys(thing).flatMap((property) =>
        graph.ids(thing, property).filter((id) => !isAbsolute(id) && graph.get(id) === undefined),
      ),
    ),

  'the metadata file describes itself, as RO-Crate 1.1 about the root': (graph) => {
    const descriptor = graph.get('ro-crate-metadata.json');
    return (
      graph.is(descriptor, 'CreativeWork') &&
      graph.root !== undefined &&
      graph.ids(descriptor, 'conformsTo').includes('https://w3id.org/ro/crate/1.1')
    );
  },

  'the root is a Dataset whose id ends with a slash': (graph) =>
    graph.is(graph.root, 'Dataset') && graph.root!['@id'].endsWith('/'),

  'the root has a name, a description, a date and a licence': ({ root }) =>
    typeof root?.name === 'string' &&
    typeof root.description === 'string' &&
    ISO_DATE.test(String(root.datePublished)) &&
    root.license !== undefined,

  'files and folders are linked from the root by hasPart': (graph) => {
    const linked = new Set<string>();
    const follow = (thing: Thing | undefined): void => {
      for (const id of graph.ids(thing, 'hasPart')) {
        if (linked.has(id)) continue;
        linked.add(id);
        if (graph.is(graph.get(id), 'Dataset')) follow(graph.get(id));
      }
    };
    follow(graph.root);
    return graph
      .of('File', 'Dataset')
      .filter((thing) => thing !== graph.root && !linked.has(thing['@id']))
      .map((thing) => thing['@id']);
  },

  'the root has files and folders as its parts, and nothing else': (graph) =>
    graph.ids(graph.root, 'hasPart').filter((id) => !graph.is(graph.get(id), 'File', 'Dataset')),

  'files and folders are in the crate, or on the web': (graph, folder) =>
    graph
      .of('File', 'Dataset')
      .filter((thing) => {
        const path = join(folder, decodeURIComponent(thing['@id']));
        if (isAbsolute(thing['@id'])) return false;
        return isLocal(thing['@id']) || !existsSync(path) || statSync(path).isFile() !== graph.is(thing, 'File');
      })
      .map((thing) => thing['@id']),

  'a script is a File and SoftwareSourceCode with a name': (graph) =>
    graph
      .of('SoftwareSourceCode')
      .filter((thing) => !graph.is(thing, 'File') || typeof thing.name !== 'string')
      .map((thing) => thing['@id']),

  'a language has a name, an address and a version': (graph) =>
    graph
      .of('ComputerLanguage')
      .filter(({ name, url, version }) => [name, url, version].includes(undefined))
      .map((thing) => thing['@id']),

  'a page for people holds a copy of the metadata': (_, folder, metadata) => {
    const page = join(folder, 'ro-crate-preview.html');
    if (!existsSync(page)) return true;
    const text = readFileSync(page, 'utf8');
    const copy = /<head>[\s\S]*<script type="application\/ld\+json">([\s\S]*?)<\/script>[\s\S]*<\/head>/.exec(
      text,
    )?.[1];
    if (!text.startsWith('<!doctype html>') || copy === undefined) return false;
    return JSON.stringify(JSON.parse(copy)) === JSON.stringify(metadata);
  },

  'the root conforms to all four profiles, each a CreativeWork': (graph) =>
    ['ro/wfrun/process/0.5', 'ro/wfrun/workflow/0.5', 'ro/wfrun/provenance/0.5', 'workflowhub/workflow-ro-crate/1.0']
      .map((path) => `https://w3id.org/${path}`)
      .filter((id) => !graph.ids(graph.root, 'conformsTo').includes(id) || !graph.is(graph.get(id), 'CreativeWork')),

  'the main entity is the workflow: a File, SoftwareSourceCode, ComputationalWorkflow, and with steps a HowTo': (
    graph,
  ) =>
    [
      'File',
      'SoftwareSourceCode',
      'ComputationalWorkflow',
      ...(graph.workflow?.step === undefined ? [] : ['HowTo']),
    ].filter((type) => !graph.is(graph.workflow, type)),

  'the workflow has a name and a ComputerLanguage': (graph) =>
    typeof graph.workflow?.name === 'string' &&
    graph.refersTo(graph.workflow, 'programmingLanguage', 'ComputerLanguage'),

  'the workflow has tools, each the instrument of some action': (graph) => {
    const used = new Set(graph.of('CreateAction').flatMap((action) => graph.ids(action, 'instrument')));
    if (graph.workflow === undefined || !graph.refersTo(graph.workflow, 'hasPart', ...TOOLS)) return false;
    return graph.ids(graph.workflow, 'hasPart').filter((id) => !used.has(id));
  },

  'a run of the workflow is recorded': (graph) =>
    graph.of('CreateAction').some((action) => graph.ids(action, 'instrument').includes(graph.workflow?.['@id'] ?? '')),

  'an action has a tool as its instrument': (graph) =>
    graph
      .of('CreateAction')
      .filter((action) => !graph.refersTo(action, 'instrument', ...TOOLS))
      .map((thing) => thing['@id']),

  'input and output are FormalParameters': (graph) =>
    graph
      .of(...TOOLS)
      .filter((tool) =>
        ['input', 'output'].some((way) => tool[way] !== undefined && !graph.refersTo(tool, way, 'FormalParameter')),
      )
      .map((thing) => thing['@id']),

  'a FormalParameter has an additionalType': (graph) =>
    graph
      .of('FormalParameter')
      .filter(({ additionalType }) => typeof additionalType !== 'string')
      .map((thing) => thing['@id']),

  'a FormalParameter has data or values as its examples': (graph) =>
    graph
      .of('FormalParameter')
      .filter(
        (thing) => thing.workExample !== undefined && !graph.refersTo(thing, 'workExample', 'File', 'PropertyValue'),
      )
      .map((thing) => thing['@id']),

  'what realises a parameter refers to a FormalParameter': (graph) =>
    graph.things
      .filter(
        (thing) => thing.exampleOfWork !== undefined && !graph.refersTo(thing, 'exampleOfWork', 'FormalParameter'),
      )
      .map((thing) => thing['@id']),

  'a step is the workflow’s, and names its tool': (graph) =>
    graph
      .of('HowToStep')
      .filter(
        (step) =>
          !graph.ids(graph.workflow, 'step').includes(step['@id']) || !graph.refersTo(step, 'workExample', ...TOOLS),
      )
      .map((thing) => thing['@id']),

  'a step comes after those whose outputs it needs': (graph) => {
    const made = new Map<string, number>();
    const steps = graph.of('ControlAction').map((control) => {
      const position = Number(graph.get(graph.ids(control, 'instrument')[0])?.position);
      const action = graph.get(graph.ids(control, 'object')[0]);
      return { id: control['@id'], position, takes: graph.ids(action, 'object'), gives: graph.ids(action, 'result') };
    });
    for (const { position, gives } of steps) for (const id of gives) made.set(id, position);
    return steps
      .filter(({ position, takes }) => takes.some((id) => !(position > (made.get(id) ?? -1))))
      .map(({ id }) => id);
  },

  'a ControlAction is of a step, and of the action that did it': (graph) =>
    graph
      .of('ControlAction')
      .filter(
        (action) =>
          !graph.refersTo(action, 'instrument', 'HowToStep') || !graph.refersTo(action, 'object', 'CreateAction'),
      )
      .map((thing) => thing['@id']),

  'an OrganizeAction is of an engine, its steps, and the run': (graph) => {
    const wrong = graph
      .of('OrganizeAction')
      .filter(
        (action) =>
          !graph.refersTo(action, 'instrument', ...TOOLS) ||
          !graph.refersTo(action, 'object', 'ControlAction') ||
          !graph.refersTo(action, 'result', 'CreateAction'),
      );
    return wrong.map((thing) => thing['@id']);
  },

  'a connection is from a parameter to a parameter': (graph) =>
    [
      ...graph
        .of('HowToStep', 'ComputationalWorkflow')
        .filter(
          (thing) => thing.connection !== undefined && !graph.refersTo(thing, 'connection', 'ParameterConnection'),
        ),
      ...graph
        .of('ParameterConnection')
        .filter((thing) =>
          ['sourceParameter', 'targetParameter'].some((end) => !graph.refersTo(thing, end, 'FormalParameter')),
        ),
    ].map((thing) => thing['@id']),

  'what an action used is a PropertyValue that says of what': (graph) =>
    graph
      .of('CreateAction')
      .filter((action) =>
        graph.ids(action, 'resourceUsage').some((id) => {
          const usage = graph.get(id);
          return !graph.is(usage, 'PropertyValue') || typeof usage?.propertyID !== 'string';
        }),
      )
      .map((thing) => thing['@id']),
};

const metadataOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'ro-crate-metadata.json'), 'utf8'));

/** The rules that a crate in a folder breaks, each with what breaks it; or would, did it say other things of itself. */
export function violations(folder: string, metadata = metadataOf(folder)): string[] {
  const context = listOf(metadata['@context']);
  if (!context.includes('https://w3id.org/ro/crate/1.1/context')) return ['the context is that of RO-Crate 1.1'];
  const graph = new Graph(metadata['@graph']);
  return Object.entries(RULES).flatMap(([name, rule]) => {
    const found = rule(graph, folder, metadata);
    if (found === true) return [];
    if (found === false) return [name];
    return found.length === 0 ? [] : [`${name}: ${[...new Set(found)].join(' ')}`];
  });
}
