import type { Text } from "../../protocol/fill_text.ts";
import { folderPath } from "../options/folder_path.ts";
import { LINK_OPTIONS, linkOptions, requireLinkId } from "../options/link_options.ts";
import { OPERANDS } from "../options/operands.ts";
import { refuseArgument } from "../options/refuse_argument.ts";
import { typedPrograms } from "../texts/typed_programs.ts";
import { UsageError } from "../texts/usage_error.ts";
import { type ClientCommand, CONNECTION_OPTIONS, OUTPUT_OPTIONS } from "./client_command.ts";
import { requestOptions } from "./client_commands.ts";
import { type Invocation, mistake, requireAddress } from "./client_invocation.ts";
import { loadCommand } from "./load_command.ts";

const TEXTS = {
  noLink: {
    en: "Which link? Give its id, as tcp-chat links shows it",
    "pt-BR": "Qual link? Informe seu id, como tcp-chat links mostra",
  },
} as const satisfies Record<string, Text>;

/** The commands for links. */
export const LINK_COMMANDS: Readonly<Record<string, ClientCommand>> = {
  share: {
    run: runShare,
    summary: {
      en: "let others fetch, or upload, without an account",
      "pt-BR": "deixa outros buscarem ou enviarem sem conta",
    },
    operands: [OPERANDS.address, { name: OPERANDS.paths.name, kind: "remote" }],
    options: {
      ...LINK_OPTIONS,
      ...CONNECTION_OPTIONS,
      ...OUTPUT_OPTIONS,
    },
    examples: {
      en: `Examples:
  tcp-chat share casa report.pdf --count 1     one receiver may fetch it, within a day
  tcp-chat share casa inbox --upload           ask for files into a folder`,
      "pt-BR": `Exemplos:
  tcp-chat share casa relatorio.pdf --count 1  um destinatário pode buscá-lo, em um dia
  tcp-chat share casa entrada --upload         pedir arquivos numa pasta`,
    },
  },
  links: {
    run: runLinks,
    summary: { en: "list your links", "pt-BR": "lista os seus links" },
    operands: [OPERANDS.address],
    options: { ...CONNECTION_OPTIONS, ...OUTPUT_OPTIONS },
  },
  unshare: {
    run: runUnshare,
    summary: { en: "take links back", "pt-BR": "cancela links" },
    operands: [OPERANDS.address, {
      name: { en: "ID", "pt-BR": "ID" },
      kind: "text",
      isRepeated: true,
    }],
    options: { ...CONNECTION_OPTIONS, ...OUTPUT_OPTIONS },
  },
};

async function runShare(invocation: Invocation): Promise<number> {
  const { values, args, typed: { args: [typed = ""], given }, locale } = invocation;
  const [address, path, unexpected] = args;
  const endpoint = requireAddress(address, locale);
  if (path === undefined) throw mistake("noPath", locale);
  refuseArgument(unexpected, locale);
  const server = /^[\w.:,[\]-]+$/.test(typed) ? typed : null;
  // A name may stand for an account, too; an address is shown again without the one in it
  const isUserShown = server === null || given.has("user");
  const { share } = await loadCommand.links();
  return await share({
    ...await requestOptions(endpoint, invocation),
    path: folderPath(path),
    link: linkOptions(values, locale),
    program: typedPrograms().client,
    server,
    user: isUserShown ? values.user ?? null : null,
  });
}

async function runLinks(invocation: Invocation): Promise<number> {
  const { args: [address, unexpected], locale } = invocation;
  const endpoint = requireAddress(address, locale);
  refuseArgument(unexpected, locale);
  const { links } = await loadCommand.links();
  return await links(await requestOptions(endpoint, invocation));
}

async function runUnshare(invocation: Invocation): Promise<number> {
  const { args: [address, ...texts], locale } = invocation;
  const endpoint = requireAddress(address, locale);
  if (texts.length === 0) throw new UsageError(locale.fill(TEXTS.noLink));
  const ids = texts.map((text) => requireLinkId(text, locale));
  const { unshare } = await loadCommand.links();
  return await unshare(ids, await requestOptions(endpoint, invocation));
}
