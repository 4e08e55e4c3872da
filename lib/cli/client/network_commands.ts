import { LIMITS } from "../../protocol/limits.ts";
import { pick } from "../options/command.ts";
import { refuseArgument } from "../options/refuse_argument.ts";
import { type ClientCommand, RESULT_OPTIONS } from "./client_command.ts";
import type { Invocation } from "./client_invocation.ts";
import { CLIENT_OPTIONS } from "./client_options.ts";
import { DOCTOR_COMMAND } from "./doctor_command.ts";
import { loadCommand } from "./load_command.ts";
import { userKnownHosts } from "./user_known_hosts.ts";

const FIND_SECONDS = LIMITS.discoveryMs / 1000;

/** The commands about the network. */
export const NETWORK_COMMANDS: Readonly<Record<string, ClientCommand>> = {
  doctor: DOCTOR_COMMAND,
  find: {
    run: runFind,
    summary: {
      en: "find the servers of the local network",
      "pt-BR": "procura os servidores da rede local",
    },
    operands: [],
    options: {
      timeout: {
        ...CLIENT_OPTIONS.timeout,
        help: {
          en: `how long to search (${FIND_SECONDS})`,
          "pt-BR": `quanto tempo procurar (${FIND_SECONDS})`,
        },
      },
      ...pick(CLIENT_OPTIONS, "scan"),
      ...RESULT_OPTIONS,
    },
    examples: {
      en: `Examples:
  tcp-chat find                            servers that run with --announce
  tcp-chat find --scan 5555                others, too: tries that port everywhere nearby`,
      "pt-BR": `Exemplos:
  tcp-chat find                            servidores que rodam com --announce
  tcp-chat find --scan 5555                outros também: tenta essa porta em toda a vizinhança`,
    },
  },
};

async function runFind(invocation: Invocation): Promise<number> {
  const { values, args: [unexpected], typed: { given }, locale, interrupt } = invocation;
  refuseArgument(unexpected, locale);
  const { find } = await loadCommand.find();
  // TCP_CHAT_TIMEOUT is about connections
  const seconds = given.has("timeout") ? values.timeout ?? FIND_SECONDS : FIND_SECONDS;
  return await find({
    timeoutMs: seconds * 1000,
    scanPort: values.scan ?? null,
    knownHosts: userKnownHosts(),
    json: values.json,
    locale,
    signal: interrupt.signal,
  });
}
