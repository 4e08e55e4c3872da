import type { ReconnectingChat } from "../../client/reconnecting_chat.ts";
import type { Completer } from "../terminal/line_input.ts";
import type { ChatScreen } from "./chat_screen.ts";
import { completer } from "./completion.ts";
import { localPathsLike, RemotePaths } from "./path_completion.ts";

/** The completer of a chat. @param isTalking whether every line is chat */
export function chatCompleter(
  chat: ReconnectingChat,
  screen: ChatScreen,
  isTalking: () => boolean,
): Completer {
  const remote = new RemotePaths(() => chat.client);
  return completer({
    nicks: () => screen.roster.nicks(),
    rooms: async (typed) => {
      const mark = typed.startsWith("#") ? "#" : "";
      return (await chat.client.chat.rooms()).map(({ room }) => mark + room);
    },
    remotePaths: (typed) => remote.like(typed),
    localPaths: localPathsLike,
    isTalking,
  });
}
