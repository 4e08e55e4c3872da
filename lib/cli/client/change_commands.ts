import { pick } from "../options/command.ts";
import { OPERANDS } from "../options/operands.ts";
import { type ClientCommand, CONNECTION_OPTIONS, OUTPUT_OPTIONS } from "./client_command.ts";
import { requestOptions } from "./client_commands.ts";
import { type Invocation, mistake, requireAddress } from "./client_invocation.ts";
import { CLIENT_OPTIONS } from "./client_options.ts";
import { loadCommand } from "./load_command.ts";
import { askToGoOn } from "./trust.ts";

/** Runs `rm`. */
async function runRm(invocation: Invocation): Promise<number> {
  const { values, args: [address, ...paths], locale } = invocation;
  const endpoint = requireAddress(address, locale);
  if (paths.length === 0) throw mistake("noPath", locale);
  const { rm } = await loadCommand.change();
  return await rm({
    ...await requestOptions(endpoint, invocation),
    paths,
    recursive: values.recursive,
    dryRun: values["dry-run"],
    ask: values.yes ? null : askToGoOn(),
  });
}

/** Runs `mv`. */
async function runMv(invocation: Invocation): Promise<number> {
  const { values, args: [address, ...paths], locale } = invocation;
  const endpoint = requireAddress(address, locale);
  const to = paths.pop();
  if (to === undefined || paths.length === 0) throw mistake("noMove", locale);
  const { replace } = values;
  const { mv } = await loadCommand.change();
  return await mv({ ...await requestOptions(endpoint, invocation), paths, to, replace });
}

/** Runs `mkdir`. */
async function runMkdir(invocation: Invocation): Promise<number> {
  const { args: [address, ...paths], locale } = invocation;
  const endpoint = requireAddress(address, locale);
  if (paths.length === 0) throw mistake("noFolder", locale);
  const { mkdir } = await loadCommand.change();
  return await mkdir({ ...await requestOptions(endpoint, invocation), paths });
}

/** The commands that change files on a server. */
export const CHANGE_COMMANDS: Readonly<Record<string, ClientCommand>> = {
  rm: {
    run: runRm,
    summary: {
      en: "remove files on the server, and folders with -r",
      "pt-BR": "remove arquivos do servidor, e pastas com -r",
    },
    operands: [OPERANDS.address, OPERANDS.paths],
    options: {
      recursive: {
        ...CLIENT_OPTIONS.recursive,
        short: "r",
        help: {
          en: "remove folders, too, with all that is in them",
          "pt-BR": "remover também pastas, com tudo o que há nelas",
        },
      },
      ...pick(CLIENT_OPTIONS, "dry-run", "yes"),
      ...CONNECTION_OPTIONS,
      ...OUTPUT_OPTIONS,
    },
    examples: {
      en: `Examples:
  tcp-chat rm 10.0.0.5 'docs/*.tmp'        all that match
  tcp-chat rm 10.0.0.5 -r old              a folder; asks first on a terminal`,
      "pt-BR": `Exemplos:
  tcp-chat rm 10.0.0.5 'docs/*.tmp'        todos os que casam
  tcp-chat rm 10.0.0.5 -r velhos           uma pasta; num terminal, pergunta antes`,
    },
  },
  mv: {
    run: runMv,
    summary: {
      en: "rename on the server, or move to a folder there",
      "pt-BR": "renomeia no servidor, ou move para uma pasta de lá",
    },
    operands: [OPERANDS.address, OPERANDS.paths, {
      name: { en: "NEW", "pt-BR": "NOVO" },
      kind: "remote",
    }],
    options: {
      replace: {
        ...CLIENT_OPTIONS.replace,
        help: {
          en: "let a file take the place of a file of that name",
          "pt-BR": "deixar um arquivo tomar o lugar de outro com esse nome",
        },
      },
      ...CONNECTION_OPTIONS,
      ...OUTPUT_OPTIONS,
    },
    examples: {
      en: `Examples:
  tcp-chat mv 10.0.0.5 draft.txt final.txt
  tcp-chat mv 10.0.0.5 '*.jpg' photos`,
      "pt-BR": `Exemplos:
  tcp-chat mv 10.0.0.5 rascunho.txt final.txt
  tcp-chat mv 10.0.0.5 '*.jpg' fotos`,
    },
  },
  mkdir: {
    run: runMkdir,
    summary: {
      en: "make folders on the server, and those above them",
      "pt-BR": "cria pastas no servidor, e as que ficam acima",
    },
    operands: [OPERANDS.address, {
      name: { en: "FOLDER", "pt-BR": "PASTA" },
      kind: "remote-folder",
      isRepeated: true,
    }],
    options: { ...CONNECTION_OPTIONS, ...OUTPUT_OPTIONS },
  },
};
