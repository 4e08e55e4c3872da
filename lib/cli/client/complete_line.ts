import { answerCompletion } from "../options/answer_completion.ts";
import type { Command } from "../options/command.ts";
import { requestedLanguage } from "../options/options.ts";
import { EXIT } from "../texts/failure.ts";
import { makeLocale } from "../texts/locale.ts";
import { writeOut } from "../view/output.ts";
import { lookUpNames } from "./look_up_names.ts";

/** Answers a shell that completes a line for the client's program; never fails. */
export async function completeLine(
  root: Command,
  args: readonly string[],
): Promise<number> {
  const env = (name: string) => Deno.env.get(name);
  const locale = makeLocale(requestedLanguage([], env));
  const answers = await answerCompletion(
    root,
    args,
    (kind, line) => lookUpNames(kind, line, { root, env, locale }),
    locale,
  );
  if (answers.length > 0) writeOut(`${answers.join("\n")}\n`);
  return EXIT.done;
}
