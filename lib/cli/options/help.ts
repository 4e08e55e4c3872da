import type { Text } from "../../protocol/fill_text.ts";
import type { Locale } from "../texts/locale.ts";
import { environmentName, type OptionTable } from "./options.ts";

const TITLES: Readonly<Record<string, Text>> = {
  network: { en: "Network", "pt-BR": "Rede" },
  chat: { en: "Chat", "pt-BR": "Chat" },
  files: { en: "Files", "pt-BR": "Arquivos" },
  access: { en: "Accounts", "pt-BR": "Contas" },
  limits: { en: "Limits", "pt-BR": "Limites" },
  output: { en: "Output", "pt-BR": "Saída" },
};

const ENVIRONMENT = {
  en: "Every option has an environment variable TCP_CHAT_<NAME>: {variable} is --{option}.",
  "pt-BR": "Toda opção tem uma variável de ambiente TCP_CHAT_<NOME>: {variable} é --{option}.",
} as const satisfies Text;

/** The help, which fits a screen: usage, options by group, examples. */
export function renderHelp(
  texts: { readonly usage: Text; readonly examples: Text },
  table: OptionTable,
  { fill }: Locale,
): string {
  const rows = Object.entries(table).map(([name, { short, placeholder, help, group }]) => ({
    group,
    left: `  ${short ? `-${short}, ` : "    "}--${name}${placeholder ? ` ${placeholder}` : ""}`,
    right: fill(help),
  }));
  const width = Math.max(...rows.map(({ left }) => left.length)) + 2;
  const groups = [...new Set(rows.map(({ group }) => group))].map((group) => {
    const lines = rows.filter((row) => row.group === group)
      .map(({ left, right }) => left.padEnd(width) + right);
    const title = TITLES[group];
    return [`${title === undefined ? group : fill(title)}:`, ...lines].join("\n");
  });
  const option = Object.keys(table).find((name) => name.includes("-")) ?? "output";
  const variable = environmentName(option);
  const environment = fill(ENVIRONMENT, { option, variable });
  return [fill(texts.usage), ...groups, environment, fill(texts.examples)].join("\n\n");
}
