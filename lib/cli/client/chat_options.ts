import { DEFAULT_HISTORY } from "../../client/reconnecting_chat_options.ts";
import type { OptionTable } from "../options/options.ts";

const GROUP = "chat";

/** The client's options for the chat. */
export const CHAT_OPTIONS = {
  nick: {
    kind: "text",
    placeholder: "NAME",
    group: GROUP,
    help: { en: "your nick in the chat (guest-N)", "pt-BR": "seu apelido no chat (guest-N)" },
  },
  room: {
    kind: "texts",
    placeholder: "ROOM",
    value: "room",
    group: GROUP,
    help: { en: "the room (lobby)", "pt-BR": "a sala (lobby)" },
  },
  history: {
    kind: "integer",
    placeholder: "N",
    maximum: 1_000_000,
    group: GROUP,
    help: {
      en: `past messages to show (${DEFAULT_HISTORY} on a terminal, else 0)`,
      "pt-BR": `mensagens passadas a mostrar (${DEFAULT_HISTORY} num terminal, senão 0)`,
    },
  },
  talk: {
    kind: "flag",
    group: GROUP,
    help: { en: "start with every line as chat", "pt-BR": "começar com cada linha como chat" },
  },
  bell: {
    kind: "flag",
    group: GROUP,
    help: {
      en: "ring for private messages and mentions of your nick",
      "pt-BR": "tocar em mensagens privadas e menções ao seu apelido",
    },
  },
} as const satisfies OptionTable;
