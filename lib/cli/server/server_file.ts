import { statConfigFile } from "../../files/config_file.ts";
import { type Command, without } from "../options/command.ts";
import { LINE_OPTIONS } from "../options/common_options.ts";
import { withLayers } from "../options/file_layers.ts";
import type { ParsedOptions } from "../options/options.ts";
import { configPath } from "../options/state_folder.ts";
import { type Locale, localeOf } from "../texts/locale.ts";
import { SERVER_OPTIONS } from "./server_options.ts";

/** A command line with what the server's file adds. */
export interface Configured extends ParsedOptions<typeof SERVER_OPTIONS> {
  /** The file that was read; `null` for none. */
  readonly file: string | null;
  /** In the language of the options. */
  readonly locale: Locale;
}

const FILE_OPTIONS = without(SERVER_OPTIONS, LINE_OPTIONS);

/**
 * Adds what the file of `--config` sets, else the usual file if it is there.
 *
 * @throws {UsageError}
 * @throws {DiskError} if the file cannot be read
 */
export async function withServerFile(
  parsed: ParsedOptions<typeof SERVER_OPTIONS>,
  { options }: Command,
  locale: Locale,
): Promise<Configured> {
  const { config } = parsed.values;
  const path = config ?? configPath("server.toml");
  const none = { ...parsed, file: null, locale };
  if (path === null || (config === undefined && await statConfigFile(path) === null)) return none;
  const { readConfig, readSettings } = await import("../options/config_file.ts"); // With its parser
  const file = await readConfig(path, locale);
  const layer = readSettings(file, [], { options: FILE_OPTIONS, cli: LINE_OPTIONS }, locale);
  const configured = withLayers(SERVER_OPTIONS, parsed, options, [layer]);
  return { ...configured, file: file.path, locale: localeOf(configured.values.lang, locale) };
}
