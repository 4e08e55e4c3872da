import type { DatabaseSync } from "node:sqlite";
import { RequestError } from "../protocol/errors.ts";
import type { Fields } from "../protocol/json.ts";
import type { Appliers, ServerAddress } from "./entry.ts";
import { decodeIncarnation, decodeServerId } from "./incarnation.ts";

const LARGEST_PORT = 65_535;

/** Reads where a server is reached. @throws {RequestError} `bad-request` */
export function decodeServerAddress(fields: Fields): ServerAddress {
  return {
    server: decodeServerId(fields, "server"),
    host: fields.text("host"),
    port: fields.integer("port", { maximum: LARGEST_PORT }),
    fingerprint: fields.optionalSha256("fingerprint"),
  };
}

/** The decoders of the entries of servers. */
export const SERVER_DECODERS = {
  hi: decodeServerAddress,
  gone: (fields: Fields) => ({ incarnation: decodeIncarnation(fields, "incarnation") }),
  forget: (fields: Fields) => ({ server: decodeServerId(fields, "server") }),
};

/** Makes the appliers of the entries of servers. */
export function serverAppliers(database: DatabaseSync): Appliers<"hi" | "gone" | "forget"> {
  const setServer = database.prepare(
    `INSERT INTO servers (id, host, port, fingerprint, place) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET host = excluded.host, port = excluded.port,
       fingerprint = excluded.fingerprint, place = excluded.place`,
  );
  const setGone = database.prepare(
    `INSERT INTO origins (incarnation, n, gone) VALUES (?, 0, ?)
     ON CONFLICT (incarnation) DO UPDATE SET gone = excluded.gone WHERE gone IS NULL`,
  );
  const freeNicks = database.prepare("DELETE FROM nicks WHERE incarnation = ?");
  const findThere = database.prepare(
    "SELECT 1 FROM origins WHERE gone IS NULL AND substr(incarnation, 1, instr(incarnation, '.') - 1) = ?",
  );
  const deleteServer = database.prepare("DELETE FROM servers WHERE id = ?");
  const deleteCopies = database.prepare("DELETE FROM copies WHERE server = ?");
  return {
    hi: ({ server, host, port, fingerprint }, { place }) => {
      setServer.run(server, host, port, fingerprint, place);
      return {};
    },
    // Several servers may declare it gone at once: the first one tells
    gone: ({ incarnation }, { place }) => {
      if (Number(setGone.run(incarnation, place).changes) === 0) throw new RequestError("exists");
      freeNicks.run(incarnation);
      return {};
    },
    forget: ({ server }) => {
      if (findThere.get(server) !== undefined) throw new RequestError("busy");
      if (Number(deleteServer.run(server).changes) === 0) throw new RequestError("not-found");
      deleteCopies.run(server);
      return {};
    },
  };
}
