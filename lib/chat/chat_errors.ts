import { RequestError } from "../protocol/errors.ts";

/** The error of a request that needs its client in the room. */
export function notInRoom(): RequestError {
  return new RequestError("denied", "Cannot do this: not in the room", { reason: "room-not-in" });
}

/** The error of a message of the server to a room without members. */
export function roomUnknown(): RequestError {
  const detail = "Cannot send the message: the room has no members";
  return new RequestError("not-found", detail, { reason: "room-unknown" });
}

/** The error of a private message whose recipient has left without confirming it. */
export function undelivered(): RequestError {
  const detail = "Cannot send the message: the client has left, and may not have got it";
  return new RequestError("not-found", detail, { reason: "undelivered" });
}

/** The error of a private message to a nick that no member has. */
export function nickUnknown(): RequestError {
  const detail = "Cannot send the message: no member has this nick";
  return new RequestError("not-found", detail, { reason: "nick-unknown" });
}

/** The error of a private message for which there is no room. */
export function mailboxFull(): RequestError {
  const detail = "Cannot keep the message: too many wait for this client";
  return new RequestError("busy", detail, { reason: "mailbox-full" });
}

/** The error of a request by a member that has left the chat. */
export function hasLeft(): RequestError {
  return new RequestError("denied", "Cannot do this: the client has left");
}
