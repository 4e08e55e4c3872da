import { decodeTopic, type JoinedRoom } from "../protocol/chat_answers.ts";
import type { RoomEntry } from "../protocol/chat_events.ts";
import { decodeEvent } from "../protocol/decode_event.ts";
import { Fields, type JsonObject } from "../protocol/json.ts";
import type { PresentMember, SentMessage } from "./chat_results.ts";
import { readAnswer } from "./read_answer.ts";

/** Decodes the answer to SEND. @throws {ProtocolError} */
export function decodeSent(answer: JsonObject): SentMessage {
  const fields = new Fields(answer);
  return readAnswer(() => ({
    seq: fields.optionalInteger("seq") ?? null,
    time: fields.integer("time"),
    ...(fields.has("away") && { away: fields.text("away") }),
    ...(fields.has("kept") && { kept: fields.integer("kept") }),
  }));
}

/** Decodes the answer to JOIN. @throws {ProtocolError} */
export function decodeJoined(answer: JsonObject): JoinedRoom {
  return readAnswer(() => {
    const fields = new Fields(answer);
    const topic = decodeTopic(fields);
    return {
      members: fields.texts("members"),
      seq: fields.integer("seq"),
      ...(topic !== null && { topic }),
    };
  });
}

/** Decodes the answer to WHOS. @throws {ProtocolError} */
export function decodeMembers(answer: JsonObject): PresentMember[] {
  return readAnswer(() =>
    new Fields(answer).objects("members").map((member) => ({
      nick: member.text("nick"),
      user: member.optionalText("user") ?? null,
      since: member.optionalInteger("since") ?? 0,
      protocol: member.optionalInteger("protocol") ?? 1,
      away: member.optionalText("away") ?? null,
    }))
  );
}

/** Decodes the answer to HIST. @throws {ProtocolError} */
export function decodeEntries(answer: JsonObject): RoomEntry[] {
  return readAnswer(() => {
    new Fields(answer).objects("messages"); // Throws for what is no list of objects
    return (answer.messages as readonly JsonObject[]).flatMap((message) => {
      const event = decodeEvent(message);
      return event !== null && "seq" in event ? [event] : [];
    });
  });
}
