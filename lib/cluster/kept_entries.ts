import type { KeptChanges } from "../chat/kept_changes.ts";
import type { PrivateMessage } from "../protocol/chat_events.ts";
import type { Fields } from "../protocol/json.ts";
import type { Appliers } from "./entry.ts";

/** The decoders of the entries of kept messages. */
export const KEPT_DECODERS = {
  keep: (fields: Fields) => ({
    owner: fields.text("owner"),
    event: decodePrivateMessage(fields.object("event")),
    network: fields.optionalText("network") ?? null,
  }),
  unkeep: (fields: Fields) => ({ number: fields.integer("number") }),
};

/** Reads a private message that another server has written. @throws {RequestError} `bad-request` */
export function decodePrivateMessage(fields: Fields): PrivateMessage {
  const id = fields.optionalText("id");
  return {
    event: "message",
    to: fields.text("to"),
    from: fields.text("from"),
    text: fields.text("text"),
    time: fields.integer("time"),
    ...(id !== undefined && { id }),
  };
}

/** Makes the appliers of the entries of kept messages. */
export function keptAppliers(kept: KeptChanges): Appliers<"keep" | "unkeep"> {
  return {
    keep: ({ owner, event, network }, { stampMs }) => kept.add({ owner, event, network }, stampMs),
    unkeep: ({ number }) => {
      kept.remove(number);
      return {};
    },
  };
}
