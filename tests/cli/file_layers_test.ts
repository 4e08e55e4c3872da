import { assertEquals } from "@std/assert";
import { CLIENT_OPTIONS } from "../../lib/cli/client/client_options.ts";
import { LINE_OPTIONS } from "../../lib/cli/options/common_options.ts";
import { type FileLayer, overrules, withLayers } from "../../lib/cli/options/file_layers.ts";
import {
  environmentName,
  type OptionSpec,
  type OptionTable,
  type OptionValue,
  parseOptions,
} from "../../lib/cli/options/options.ts";
import { SERVER_OPTIONS } from "../../lib/cli/server/server_options.ts";

/** A value of an option, and the text that gives it. */
function valueOf({ kind, choices }: OptionSpec, digit: number): [text: string, value: OptionValue] {
  if (kind === "flag") return ["1", true];
  if (kind === "integer" || kind === "size") return [String(digit), digit];
  if (kind === "rate") return [`${digit}M`, digit * 1_000_000];
  const text = choices === undefined ? `v${digit}` : choices[digit % choices.length] ?? "";
  return [text, kind === "texts" ? [text] : text];
}

const layer = (name: string, value: OptionValue): FileLayer => ({
  path: "f.toml",
  values: new Map([[name, { value, line: 3 }]]),
});

for (const [program, table] of Object.entries({ CLIENT_OPTIONS, SERVER_OPTIONS })) {
  Deno.test(`withLayers: prefers line to environment to file for every option of ${program}`, () => {
    for (const [name, spec] of Object.entries(table as OptionTable)) {
      if (LINE_OPTIONS.includes(name)) continue;
      const [[line, ofLine], [inEnv, ofEnv], [, ofFile]] = [1, 2, 3].map((n) =>
        valueOf(spec, n)
      ) as [
        [string, OptionValue],
        [string, OptionValue],
        [string, OptionValue],
      ];
      const resolve = (args: string[], env: Record<string, string>, layers: FileLayer[]) => {
        const parsed = parseOptions(table as OptionTable, args, (variable) => env[variable]);
        const { values, sources } = withLayers(table as OptionTable, parsed, table, layers);
        return [values[name] as OptionValue, sources.get(name)?.from];
      };
      const env = { [environmentName(name)]: inEnv };
      const layers = [layer(name, ofFile), layer(name, "lower")];
      const typed = [`--${name}=${line}`];
      assertEquals(resolve(typed, env, layers), [ofLine, "line"], name);
      assertEquals(resolve([], env, layers), [ofEnv, "environment"], name);
      assertEquals(resolve([], {}, layers), [ofFile, "file"], name);
      const none = spec.kind === "flag" ? false : undefined;
      assertEquals(resolve([], {}, []), [none, undefined], name);
      if (spec.kind !== "flag") continue;
      for (const off of ["0", "false", "no"]) {
        const isOff = { [environmentName(name)]: off };
        assertEquals(resolve([], isOff, layers), [false, "environment"], name);
        assertEquals(resolve([`--${name}=${off}`], env, layers), [false, "line"], name);
      }
      assertEquals(resolve([], { [environmentName(name)]: "" }, layers), [true, "file"], name);
    }
  });
}

Deno.test("withLayers: sets no option that the command does not take, or takes for something else", () => {
  const parsed = parseOptions(CLIENT_OPTIONS, [], () => undefined);
  const set = (options: OptionTable) =>
    withLayers(CLIENT_OPTIONS, parsed, options, [layer("to", "inbox")]).values.to;
  assertEquals(set({}), undefined);
  assertEquals(set({ to: { ...CLIENT_OPTIONS.to, value: "nick" } }), undefined);
  assertEquals(set({ to: CLIENT_OPTIONS.to }), "inbox");
});

Deno.test("overrules: compares the sources of two options that are set", () => {
  const parsed = parseOptions(
    CLIENT_OPTIONS,
    ["--tls"],
    (name) => name === "TCP_CHAT_USER" ? "a" : undefined,
  );
  const { sources } = withLayers(CLIENT_OPTIONS, parsed, CLIENT_OPTIONS, [layer("nick", "n")]);
  assertEquals(overrules(sources, "tls", "user"), true);
  assertEquals(overrules(sources, "user", "nick"), true);
  assertEquals(overrules(sources, "nick", "tls"), false);
  assertEquals(overrules(sources, "tls", "tls"), false);
  assertEquals(overrules(sources, "tls", "room"), false);
});
