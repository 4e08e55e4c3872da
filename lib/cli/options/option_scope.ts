import type { Text } from "../../protocol/fill_text.ts";
import { cleanLine } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";
import { type Command, hasOption, ownersOf } from "./command.ts";
import type { OptionScope } from "./options.ts";

const BELONGS = {
  en: "{option} belongs to {owners}, not to {command}",
  "pt-BR": "{option} é de {owners}, não de {command}",
} as const satisfies Text;

const PORT = {
  en: "{option} is for a server: here the port stands behind the host, as in HOST:PORT",
  "pt-BR": "{option} é para um servidor: aqui a porta vem após o host, como em HOST:PORTA",
} as const satisfies Text;

/**
 * The options of one command of a program.
 *
 * @param path the words of the command; empty for the program itself
 */
export function optionScope(
  root: Command,
  command: Command,
  path: readonly string[],
  { fill, language }: Locale,
): OptionScope {
  const label = root.label === undefined ? "" : fill(root.label);
  return {
    options: command.options,
    describeForeign: (option) => {
      const takesHost = command.operands[0]?.kind === "host";
      if (takesHost && /^(?:-p|-P|--port)$/.test(option)) return fill(PORT, { option });
      const owners = ownersOf(root, option);
      if (hasOption(root.options, option)) owners.push(label);
      if (owners.length === 0) return null;
      const list = new Intl.ListFormat(language, { type: "conjunction" }); // Slow to make
      return fill(BELONGS, {
        option: cleanLine(option),
        owners: list.format(owners),
        command: path.length === 0 ? label : path.join(" "),
      });
    },
  };
}
