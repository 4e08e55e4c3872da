import type { History } from "./history.ts";
import type { Journal } from "./journal.ts";
import type { KeptMessages } from "./kept_messages.ts";
import type { Neighbours, NeighbourTarget } from "./neighbours.ts";

/** What a server alone puts in the place of other servers: all is decided at once, and here. */
export function alone(
  { history, kept, journal }: {
    readonly history: History;
    readonly kept: KeptMessages;
    readonly journal: Journal;
  },
  target: NeighbourTarget,
): Neighbours {
  return {
    claims: {
      guestNumber: (connection) => connection,
      claim: (member, nick) => Promise.try(() => target.setNick(member, nick, "after")),
      release: () => {},
    },
    topics: {
      set: (room, from, text) =>
        Promise.try(() => {
          const time = Date.now();
          const topic = text === "" ? null : { text, from, time };
          journal.flush();
          history.setTopic(room, topic);
          target.setTopic(room, { text, from, time });
          return topic;
        }),
    },
    kept: {
      add: (owner, event, network) => Promise.try(() => kept.add(owner, event, network)),
      list: (owner) => kept.list(owner),
      remove: (number) => kept.remove(number),
    },
    roster: { onChange: () => {}, onLeave: () => {}, onSpeak: () => {} },
    deliver: () => Promise.resolve(null),
    kick: () => Promise.resolve(false),
    notify: () => {},
    announce: () => {},
    close: () => {},
  };
}
