import { createHash } from "node:crypto";
import { zstdCompressSync } from "node:zlib";
import { concatBytes, encodeFrame, encodeJsonFrame } from "../../lib/protocol/frames.ts";
import type { Prng } from "../helpers/prng.ts";
import { HELLO } from "./frames.ts";
import { SECRET_PATHS, STOCK_PATHS } from "./secrets.ts";

/** Files with these names have that SHA-256, or must not exist. */
export const UPLOADS = "put";

/** The bytes of a client that breaks no rule of the protocol, and the answers that it must get. */
export interface OrderlySession {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The ids that get one answer each. */
  readonly ids: readonly number[];
  /** Failures that belong to no request. */
  readonly failuresWithoutId: number;
}

/**
 * Makes a session of valid requests with ids of their own, for paths of every kind, and uploads,
 * some with a wrong hash. Its last upload stays open, and its id is used a second time meanwhile.
 */
export function makeOrderly(prng: Prng, count: number): OrderlySession {
  const ids: number[] = [];
  const newId = () => ids[ids.push(1 + ids.length) - 1]!;
  const frames = [HELLO];
  while (frames.length <= count) {
    frames.push(prng.oneIn(4) ? makeUpload(prng, newId()) : makeRequest(prng, newId()));
  }
  const open = newId();
  const path = `open/${prng.bytes(8).toHex()}`;
  frames.push(encodeJsonFrame("FPUT", { id: open, path, size: 10, key: path }));
  frames.push(encodeJsonFrame("LIST", { id: open, path: "" }));
  return { bytes: concatBytes(frames), ids, failuresWithoutId: 1 };
}

function makeRequest(prng: Prng, id: number): Uint8Array {
  const path = prng.pick([...STOCK_PATHS, ...SECRET_PATHS]);
  const room = prng.pick(["lobby", "room-2", "r"]);
  switch (prng.below(10)) {
    case 0:
      return encodeJsonFrame("LIST", { id, path: prng.pick(["", path]), recursive: prng.oneIn(2) });
    case 1:
      return encodeJsonFrame("STAT", { id, path });
    case 2:
      return encodeJsonFrame("MKDR", { id, path: prng.pick([path, "new/deep"]) });
    case 3:
      return encodeJsonFrame("SEND", { id, room, text: "hello" });
    case 4:
      return encodeJsonFrame(prng.pick(["JOIN", "PART", "WHOS", "TOPC"]), {
        id,
        room,
        ...(prng.oneIn(2) && { text: "what we do" }),
      });
    case 5:
      return encodeJsonFrame(prng.pick(["ROOM", "PING", "AWAY"]), {
        id,
        ...(prng.oneIn(2) && { after: room, text: room }),
      });
    case 6:
      return encodeJsonFrame("HIST", { id, room, limit: 1 + prng.below(5) });
    default:
      return encodeJsonFrame("FGET", { id, path, ...(prng.oneIn(3) && { zstd: true }) });
  }
}

/** An upload whose name is the hash that it claims; now and then its data are others. */
function makeUpload(prng: Prng, id: number): Uint8Array {
  const data = prng.bytes(prng.oneIn(8) ? 70_000 : prng.below(300));
  const sha256 = createHash("sha256").update(data).digest("hex");
  if (prng.oneIn(4) && data.length > 0) data[prng.below(data.length)]! ^= 1;
  const isZstd = prng.oneIn(3);
  const path = prng.oneIn(6) ? prng.pick(SECRET_PATHS) : `${UPLOADS}/${sha256}`;
  return concatBytes([
    encodeJsonFrame("FPUT", {
      id,
      path,
      size: data.length,
      ...(prng.oneIn(3) && { replace: true }),
    }),
    encodeFrame(isZstd ? "FZST" : "FDAT", isZstd ? zstdCompressSync(data) : data),
    encodeJsonFrame("FEND", { id, sha256 }),
  ]);
}
