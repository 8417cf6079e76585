import type { Ajv2020, ValidateFunction } from 'ajv/dist/2020.js';
import type { KindContract, ParameterProblem } from './contract.ts';
import { type Compile, explain, type Finding } from './explain.ts';
import { filePointers, fillDefaults, marksFiles } from './prepare.ts';
import type { JsonSchema } from './schemaWords.ts';

/** Checks resolved parameters against a kind's schema and its own check. Compiles the schema once. */
export class KindCheck {
  readonly #contract: KindContract;
  readonly #schema: JsonSchema;
  readonly #validate: ValidateFunction;
  readonly #compile: Compile;
  readonly #marksFiles: boolean;

  /** Throws when the kind's schema is no JSON Schema. */
  constructor(contract: KindContract, ajv: Ajv2020) {
    this.#contract = contract;
    // A copy as JSON: schema builders leave symbols and shared parts behind.
    this.#schema = JSON.parse(JSON.stringify(contract.params));
    const compiled = new Map<JsonSchema, ValidateFunction>();
    const definitions = this.#schema.$defs;
    this.#compile = (schema) => {
      const known = compiled.get(schema);
      if (known) return known;
      const { $id: _, ...plain } = schema as JsonSchema & { $id?: unknown };
      const validate = ajv.compile(definitions && plain.$defs === undefined ? { ...plain, $defs: definitions } : plain);
      compiled.set(schema, validate);
      return validate;
    };
    this.#validate = this.#compile(this.#schema);
    this.#marksFiles = marksFiles(this.#schema);
  }

  /** Fills defaults into `params` in place, and says what is wrong with it. */
  findings(params: unknown): Finding[] {
    fillDefaults(this.#schema, params);
    return this.#validate(params) ? [] : explain(this.#schema, params, this.#compile);
  }

  /** Pointers of valid parameters that name files. */
  files(params: unknown): string[] {
    return this.#marksFiles ? filePointers(this.#schema, params) : [];
  }

  /** The kind's own check; call it with valid parameters. */
  ownProblems(params: unknown): readonly ParameterProblem[] {
    return this.#contract.check?.(params) ?? [];
  }
}

/**
 * A validator of JSON Schema 2020-12 for what kinds declare. One for sound schemas does without the schema of schemas,
 * which takes longer to compile than those of all kinds together.
 */
export async function loadAjv(sound: boolean): Promise<Ajv2020> {
  // Loading it takes longer than reading a study without it.
  const { Ajv2020 } = await import('./ajv.ts');
  return new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: false,
    validateFormats: false,
    logger: false,
    addUsedSchema: false,
    ...(sound && { meta: false, validateSchema: false }),
  });
}

/** Whether a schema is a JSON Schema that can be compiled for itself, without the schema of schemas at hand. */
export async function isSound(schema: JsonSchema): Promise<true | undefined> {
  if (JSON.stringify(schema).includes('json-schema.org/')) return undefined;
  try {
    return (await loadAjv(false)).validateSchema(schema) === true || undefined;
  } catch {
    return undefined;
  }
}
