import fc from 'fast-check';
import { EditedStudy } from './editedStudy.ts';
import { edit, study, way } from './edits.ts';

/** Edits random studies at random, and holds every run to the laws. Returns the number of runs that were checked. */
export async function checkEdits(sequences: number, edits: number, seed: number): Promise<number> {
  let runs = 0;
  // What is done before a run: a stop, or another run beside it, has something to do only after an edit.
  const change = fc.record({ edits: fc.array(edit, { minLength: 1, maxLength: 3 }), way });
  await fc.assert(
    fc.asyncProperty(
      study,
      fc.array(change, { minLength: 1, maxLength: edits, size: 'max' }),
      async (model, changes) => {
        const one = new EditedStudy(model);
        try {
          await one.check();
          for (const each of changes) {
            for (const what of each.edits) await one.apply(what);
            await one.check(each.way);
            runs++;
          }
          await one.check();
          await one.checkClean();
        } finally {
          one.remove();
        }
      },
    ),
    { numRuns: sequences, seed },
  );
  return runs;
}
