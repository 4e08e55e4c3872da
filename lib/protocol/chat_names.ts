import { RequestError } from "./errors.ts";
import { LIMITS } from "./limits.ts";

// A letter may carry marks, as many scripts need them. What shows nothing (Default_Ignorable) would
// make two nicks look the same
const NICK = /^(?:(?!\p{DI})(?:\p{L}(?:(?!\p{DI})[\p{Mn}\p{Mc}]){0,4}|[\p{Nd}_.-]))+$/u;
const ROOM = /^[a-z0-9_-]+$/;

/** The nick that nobody can take, in any case: the server speaks under it. */
export const SERVER_NAME = "SERVER";

/**
 * Checks a nick from a peer against section 3.9 of the protocol and returns it in NFC.
 *
 * @throws {RequestError} `bad-request`
 */
export function checkNick(nick: string): string {
  // Far more than NFC can shorten to the limit: what is longer is not worth normalising
  const normal = nick.length > LIMITS.nickCharacters * 16 ? "" : nick.normalize("NFC");
  if (NICK.test(normal) && [...normal].length <= LIMITS.nickCharacters) return normal;
  throw new RequestError("bad-request", "Cannot take this nick: it is malformed", {
    reason: "nick-malformed",
  });
}

/**
 * What two nicks, or names of accounts, have in common that count as the same: they differ in case
 * or width only.
 */
export function foldNick(nick: string): string {
  // There and back: some letters have two small forms, and one a capital that is its own
  return nick.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase().normalize("NFKC");
}

/**
 * Checks the name of a room from a peer, and returns it.
 *
 * @throws {RequestError} `bad-request`
 */
export function checkRoomName(room: string): string {
  if (room.length <= LIMITS.roomCharacters && ROOM.test(room)) return room;
  throw new RequestError("bad-request", "Cannot use this room: its name is malformed", {
    reason: "room-malformed",
  });
}
