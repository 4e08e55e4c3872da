/** A value of a metric. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** A metric with its help text and its values. */
export interface Metric {
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
  readonly samples: readonly Sample[];
}
