import { promptSecret } from "@std/cli/prompt-secret";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";

/**
 * Asks a person twice for a new password, without showing it; from a pipe its first line is taken.
 *
 * @throws {UsageError} when the two are not the same, or there is none
 */
export async function readNewPassword(name: string, { t }: Locale): Promise<string> {
  if (!Deno.stdin.isTerminal()) return await readFirstLine();
  const password = ask(t("askNewPassword", { name }));
  if (password !== ask(t("askAgain"))) throw new UsageError(t("passwordsDiffer"));
  return password;
}

/** Where a password may come from, besides a person. */
export interface PasswordSources {
  /** `TCP_CHAT_PASSWORD`. */
  readonly environment: string | undefined;
  /** `--password-file`. */
  readonly file: string | undefined;
}

/**
 * The password of an account: from the file, from the environment, or from the person.
 *
 * @returns `null` when there is nobody to ask
 */
export async function readPassword(
  { environment, file }: PasswordSources,
  { t }: Locale,
): Promise<string | null> {
  if (file !== undefined) return firstLineOf(await Deno.readTextFile(file));
  if (environment) return environment;
  return Deno.stdin.isTerminal() ? ask(t("askPassword")) : null;
}

function ask(question: string): string {
  return promptSecret(question, { mask: "" }) ?? "";
}

async function readFirstLine(): Promise<string> {
  return firstLineOf(await new Response(Deno.stdin.readable).text());
}

function firstLineOf(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? "";
}
