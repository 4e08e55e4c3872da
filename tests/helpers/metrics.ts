import { assert, assertEquals } from "@std/assert";

/** A metric in the text format of Prometheus. */
export interface ScrapedMetric {
  readonly help: string;
  readonly type: string;
  /** Values by label: `{code="denied"}`, or the empty string. */
  readonly values: Readonly<Record<string, number>>;
}

const NAME = "[a-zA-Z_][a-zA-Z0-9_]*";
const LABELS = `\\{${NAME}="(?:[^"\\\\]|\\\\[\\\\n"])*"\\}`;

/**
 * Parses the text format 0.0.4 strictly: for each metric HELP, then TYPE, then values without a
 * time. Throws at anything else.
 */
export function parseMetrics(text: string): Record<string, ScrapedMetric> {
  assert(text.endsWith("\n"), "The last line has no end");
  const blocks = text.slice(0, -1).split(/\n(?=# HELP )/).map(parseMetric);
  const metrics = Object.fromEntries(blocks);
  assertEquals(Object.keys(metrics).length, blocks.length, "A metric comes twice");
  return metrics;
}

function parseMetric(block: string): [name: string, metric: ScrapedMetric] {
  const [helpLine = "", typeLine = "", ...lines] = block.split("\n");
  const [, name = "", help = ""] = new RegExp(`^# HELP (${NAME}) (\\S.*)$`).exec(helpLine) ?? [];
  assert(name !== "", helpLine);
  const [, type = ""] = new RegExp(`^# TYPE ${name} (gauge|counter)$`).exec(typeLine) ?? [];
  assert(type !== "", typeLine);
  const values = lines.map((line): [labels: string, value: number] => {
    const sample = new RegExp(`^${name}(|${LABELS}) (-?[0-9.]+(?:e[+-]?[0-9]+)?)$`).exec(line);
    assert(sample !== null, line);
    return [sample[1]!, Number(sample[2])];
  });
  assertEquals(new Set(values.map(([labels]) => labels)).size, values.length, block);
  return [name, { help, type, values: Object.fromEntries(values) }];
}
