import { type Command, pick } from "../options/command.ts";
import { COMMON_OPTIONS } from "../options/common_options.ts";
import type { Invocation } from "./client_invocation.ts";
import { CLIENT_OPTIONS } from "./client_options.ts";

/** Runs it with its arguments parsed by {@link CLIENT_OPTIONS}, as its own commands are. */
interface Runs {
  readonly run: (invocation: Invocation) => Promise<number>;
  readonly commands?: Readonly<Record<string, RunCommand>>;
}

/** A command that the client's program parses the arguments of. */
export type RunCommand = Command & Runs;

/** A command of the client's program. Each way to run it resolves to the exit code. */
export type ClientCommand =
  & Command
  & (
    | Runs
    /**
     * Runs it with the bare arguments, under the name that it was called by: the command has options
     * of its own, and prints its own errors.
     */
    | { readonly start: (args: readonly string[], name: string) => Promise<number> }
  );

/** The options of every command that connects to a server. */
export const CONNECTION_OPTIONS = pick(
  CLIENT_OPTIONS,
  "user",
  "password-file",
  "tls",
  "fingerprint",
  "trust",
  "no-tls",
  "protocol",
  "timeout",
  "config",
  "print-config",
);

/** The options of a command with results and nothing else to tell. */
export const RESULT_OPTIONS = { ...pick(CLIENT_OPTIONS, "json"), ...COMMON_OPTIONS };

/** The options of a command that tells more than results. */
export const OUTPUT_OPTIONS = { ...pick(CLIENT_OPTIONS, "json", "quiet"), ...COMMON_OPTIONS };
