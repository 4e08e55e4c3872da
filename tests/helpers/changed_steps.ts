import fc from "fast-check";

/** How steps are changed. */
export interface ChangedStepsOptions {
  /** The largest number of changes. */
  readonly maxChanges: number;
  /** The largest number of steps that follow no order at all. */
  readonly maxSteps: number;
}

/** The correct steps with a few inserted or removed, or any steps. */
export function changedSteps<S>(
  right: fc.Arbitrary<S[]>,
  any: fc.Arbitrary<S>,
  { maxChanges, maxSteps }: ChangedStepsOptions,
): fc.Arbitrary<S[]> {
  const change = fc.tuple(fc.nat(8), fc.nat(1), fc.option(any, { nil: null }));
  const changed = fc.tuple(right, fc.array(change, { maxLength: maxChanges }))
    .map(([right, changes]) => {
      const steps = [...right];
      for (const [index, removed, step] of changes) {
        steps.splice(index, removed, ...(step === null ? [] : [step]));
      }
      return steps;
    });
  return fc.oneof(
    { weight: 4, arbitrary: changed },
    { weight: 1, arbitrary: fc.array(any, { maxLength: maxSteps }) },
  );
}
