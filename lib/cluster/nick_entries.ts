import type { DatabaseSync } from "node:sqlite";
import { nickTaken } from "../chat/nicks.ts";
import { RequestError } from "../protocol/errors.ts";
import type { Fields } from "../protocol/json.ts";
import { CLUSTER_LIMITS } from "../protocol/cluster_limits.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Appliers } from "./entry.ts";

/** UTF-16 units of the longest key of a nick. */
const KEY_LENGTH = 64 * LIMITS.nickCharacters;

/** The decoders of the entries of nicks. */
export const NICK_DECODERS = {
  nick: (fields: Fields) => ({
    member: fields.integer("member"),
    nick: nickText(fields.text("nick")),
    keys: decodeKeys(fields),
    isOwn: fields.flag("isOwn"),
  }),
  bye: (fields: Fields) => ({ member: fields.integer("member") }),
  block: () => ({}),
};

function decodeKeys(fields: Fields): readonly [string, string, string] {
  const [folded, written, small, ...more] = fields.texts("keys").map(nickText);
  if (folded === undefined || written === undefined || small === undefined || more.length > 0) {
    throw new RequestError("bad-request");
  }
  return [folded, written, small];
}

function nickText(text: string): string {
  if (text !== "" && text.length <= KEY_LENGTH) return text;
  throw new RequestError("bad-request");
}

/** Makes the appliers of the entries of nicks. An incarnation that is gone has none: see `gone`. */
export function nickAppliers(database: DatabaseSync): Appliers<"nick" | "bye" | "block"> {
  const holder = database.prepare(
    `SELECT 1 FROM nicks WHERE NOT (incarnation = ? AND member = ?) AND folded = ?`,
  );
  const lookalike = database.prepare(
    `SELECT 1 FROM nicks WHERE NOT (incarnation = ? AND member = ?) AND written = ? UNION ALL
     SELECT 1 FROM nicks WHERE NOT (incarnation = ? AND member = ?) AND small = ?`,
  );
  const set = database.prepare("INSERT OR REPLACE INTO nicks VALUES (?, ?, ?, ?, ?, ?)");
  const remove = database.prepare("DELETE FROM nicks WHERE incarnation = ? AND member = ?");
  const takeBlock = database.prepare("UPDATE cluster SET guests = guests + ? RETURNING guests");
  return {
    nick: ({ member, nick, keys: [folded, written, small], isOwn }, { origin }) => {
      const isTaken = holder.get(origin, member, folded) !== undefined ||
        (!isOwn && lookalike.get(origin, member, written, origin, member, small) !== undefined);
      if (isTaken) throw nickTaken();
      set.run(origin, member, nick, folded, written, small);
      return {};
    },
    bye: ({ member }, { origin }) => {
      remove.run(origin, member);
      return {};
    },
    block: () => {
      const count = CLUSTER_LIMITS.guestNumbers;
      return { first: Number(takeBlock.get(count)?.guests) - count + 1, count };
    },
  };
}
