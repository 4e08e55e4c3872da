import type { Command } from "../options/command.ts";
import { overrules, withLayers } from "../options/file_layers.ts";
import type { OptionTable, ParsedOptions } from "../options/options.ts";
import type { Locale } from "../texts/locale.ts";
import type { ClientConfig, Profile } from "./client_config.ts";
import { CLIENT_OPTIONS } from "./client_options.ts";
import { type Arguments, expandAddress, type Expanded } from "./expand_address.ts";

type Parsed = ParsedOptions<typeof CLIENT_OPTIONS>;

/** The arguments of a command as the line and the environment have them, and the user's file. */
export interface TypedArguments extends Arguments, Pick<Parsed, "sources"> {
  /** The options that the command takes. */
  readonly options: OptionTable;
  readonly config: ClientConfig;
}

/** What a command and the user's file add to a command line. */
export function commandOf(
  { operands, options }: Command,
  config: ClientConfig,
): Pick<TypedArguments, "operands" | "options" | "config"> {
  return { operands, options, config };
}

/** The arguments of a command with all that its file and its address add. */
export interface ResolvedArguments extends Expanded, Pick<Parsed, "sources"> {
  /** The profile that the first argument names; `null` for none. */
  readonly profile: Profile | null;
}

/**
 * Adds what the user's file says: of the profile that the first argument names, then of all servers.
 * An address with parts is expanded.
 *
 * @throws {UsageError} as of {@link expandAddress}
 */
export function resolveArguments(typed: TypedArguments, locale: Locale): ResolvedArguments {
  const { config, options, operands, given } = typed;
  const [first = "", ...others] = typed.args;
  const profile = operands[0]?.kind === "host" ? config.profiles.get(first) ?? null : null;
  const layers = [profile?.layer ?? null, config.layer].filter((layer) => layer !== null);
  const parsed = { ...typed, positionals: [] };
  const { values, sources } = withLayers(CLIENT_OPTIONS, parsed, options, layers);
  const settled = settleConflicts({ values, sources, options });
  const args = profile === null ? typed.args : [profile.address, ...others];
  const isForPaths = operands.some(({ kind }) => kind === "remote" || kind === "remote-folder");
  const takesLink = Object.hasOwn(options, "link") || isForPaths;
  const expanded = expandAddress({ values: settled, given, args, operands, takesLink }, locale);
  return { ...expanded, sources: withAddress(sources, settled, expanded.values), profile };
}

/** Options that exclude each other: the one of the source that counts more has its way. */
function settleConflicts(
  { values, sources, options }:
    & Pick<Parsed, "values" | "sources">
    & Pick<TypedArguments, "options">,
): Parsed["values"] {
  const settled: Record<string, unknown> = { ...values };
  const settle = (one: keyof Parsed["values"], other: keyof Parsed["values"]) => {
    if (!values[one] || !values[other]) return;
    if (overrules(sources, one, other)) settled[other] = CLEARED[CLIENT_OPTIONS[other].kind];
    if (overrules(sources, other, one)) settled[one] = CLEARED[CLIENT_OPTIONS[one].kind];
  };
  for (const other of ["tls", "trust", "fingerprint"] as const) settle("no-tls", other);
  if (options["to"]?.value === "nick") settle("to", "room");
  return settled as Parsed["values"];
}

const CLEARED = {
  flag: false,
  text: undefined,
  texts: undefined,
  integer: undefined,
  size: undefined,
  rate: undefined,
} as const;

/** What the address sets is typed, unless the file has it. */
function withAddress(
  sources: Parsed["sources"],
  before: Parsed["values"],
  after: Parsed["values"],
): Parsed["sources"] {
  const names = Object.keys(after) as (keyof Parsed["values"])[];
  const changed = names.filter((name) => after[name] !== before[name]);
  return new Map([...sources, ...changed.map((name) => [name, { from: "line" }] as const)]);
}
