import { RequestError } from "./errors.ts";
import { LIMITS } from "./limits.ts";
import { mayFitInNfc, toBoundedNfc } from "./normal_form.ts";

// Many scripts need marks on letters. Invisible characters (DI, Default_Ignorable) would make two
// nicks look the same
const NICK = /^(?:(?!\p{DI})(?:\p{L}(?:(?!\p{DI})[\p{Mn}\p{Mc}]){0,4}|[\p{Nd}_.-]))+$/u;
const ROOM = /^[a-z0-9_-]+$/;

/** UTF-8 bytes of the longest nick. */
const NICK_BYTES = 4 * LIMITS.nickCharacters;

/** The room that every client is in at first. */
export const LOBBY = "lobby";

/** The nick of the server. No client can have it, in upper or lower case. */
export const SERVER_NAME = "SERVER";

/**
 * Checks a nick from a peer against section 3.9 of the protocol and returns it in NFC.
 *
 * @throws {RequestError} `bad-request`
 */
export function checkNick(nick: string): string {
  const normal = toBoundedNfc(nick, NICK_BYTES) ?? "";
  if (NICK.test(normal) && [...normal].length <= LIMITS.nickCharacters) return normal;
  throw new RequestError("bad-request", "Cannot take this nick: it is malformed", {
    reason: "nick-malformed",
  });
}

/**
 * Folds a nick or an account's name: two that differ only in case or width become the same. A text
 * that is too long to be a nick equals no nick, and is returned as it is.
 */
export function foldNick(nick: string): string {
  if (!mayFitInNfc(nick, NICK_BYTES)) return nick;
  // ẞ becomes ss by way of ß only, and ς becomes σ by way of Σ
  return nick.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase().normalize("NFKC");
}

/**
 * Checks the name of a room from a peer against section 3.9 of the protocol and returns it.
 *
 * @throws {RequestError} `bad-request`
 */
export function checkRoomName(room: string): string {
  if (room.length <= LIMITS.roomCharacters && ROOM.test(room)) return room;
  throw new RequestError("bad-request", "Cannot use this room: its name is malformed", {
    reason: "room-malformed",
  });
}
