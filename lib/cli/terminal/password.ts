import { asDiskError } from "../../files/disk_error.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import { askSecret } from "./ask_secret.ts";

/**
 * Asks twice for a new password, without showing it. From a pipe, takes the first line; where there is none, the
 * password of the environment.
 *
 * @param environment `TCP_CHAT_PASSWORD`, which is not taken unasked where a person can type another one
 * @throws {UsageError} when the two differ
 * @throws {DOMException} `AbortError` at Ctrl-C
 */
export async function readNewPassword(
  name: string,
  environment: string | undefined,
  { t }: Locale,
): Promise<string> {
  if (!Deno.stdin.isTerminal()) return await readFirstLine() || (environment ?? "");
  const password = await askSecret(t("askNewPassword", { name }));
  if (password !== await askSecret(t("askAgain"))) throw new UsageError(t("passwordsDiffer"));
  return password;
}

/** The sources of a password besides the terminal. */
export interface PasswordSources {
  /** `TCP_CHAT_PASSWORD`. */
  readonly environment: string | undefined;
  /** `--password-file`. */
  readonly file: string | undefined;
}

/**
 * The password of an account: from the file, or from the environment; `null` if neither gives one.
 *
 * @throws {DiskError} when the file cannot be read
 */
export async function readPassword(
  { environment, file }: PasswordSources,
): Promise<string | null> {
  if (file !== undefined) {
    try {
      return firstLineOf(await Deno.readTextFile(file));
    } catch (error) {
      throw asDiskError(error, file, "read");
    }
  }
  return environment || null;
}

/** Asks for a password without showing it; `null` where there is no terminal. */
export function askPassword(question: string): Promise<string | null> {
  return Deno.stdin.isTerminal() ? askSecret(question) : Promise.resolve(null);
}

async function readFirstLine(): Promise<string> {
  return firstLineOf(await new Response(Deno.stdin.readable).text());
}

function firstLineOf(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? "";
}
