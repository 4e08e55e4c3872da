import { RequestError, type RequestErrorReason } from "../protocol/errors.ts";
import type { LinkEnd, LinkKind } from "../protocol/link_answers.ts";
import type { LinkKey } from "../protocol/link_key.ts";
import type { Account } from "./account.ts";

/** A link, as of the time it was read from the store: a restricted account that others are given. */
export interface Link {
  /** Public: names the link in the log, and to take it back. */
  readonly id: string;
  readonly kind: LinkKind;
  /** As its creator named it; `""` is the root. */
  readonly path: string;
  /** Where it led when the link was made. */
  readonly truePath: string;
  /** The account that made it; `null` if it was made on the server's machine. */
  readonly creator: LinkCreator | null;
  /** The time of creation, milliseconds since 1970. */
  readonly createdMs: number;
  /** Milliseconds since 1970. */
  readonly expiresMs: number;
  /** How many claims it is made for; `null` for any number. */
  readonly count: number | null;
  /** How many of them are not taken yet; `null` for any number. */
  readonly left: number | null;
  /** How many bytes it takes in all; `null` for any number. */
  readonly sizeBytes: number | null;
  /** How many of them have not come yet; `null` for any number. */
  readonly bytesLeft: number | null;
  /** What its creator wrote to it; `null` for nothing. */
  readonly note: string | null;
  /** When its creator took it back, milliseconds since 1970; `null` if that has not been. */
  readonly revokedMs: number | null;
}

/** The account of a link. One that gets its name after its removal is another one. */
export type LinkCreator = Pick<Account, "name" | "createdMs">;

/** What a link is to be. */
export interface NewLink
  extends Pick<Link, "kind" | "path" | "truePath" | "creator" | "count" | "sizeBytes" | "note"> {
  /** How long it works, from now on, in milliseconds; within the limits. */
  readonly lifeMs: number;
}

/** Why a link does not work any more; `null` if it does. A used one still works for its open claims. */
export function linkEnd(
  { revokedMs, expiresMs, left }: Pick<Link, "revokedMs" | "expiresMs" | "left">,
  nowMs: number,
): LinkEnd | null {
  if (revokedMs !== null) return "revoked";
  if (nowMs >= expiresMs) return "expired";
  return left === 0 ? "used" : null;
}

/** Makes the two halves of a link: 40 random bits and 120. */
export function makeLinkKey(): LinkKey {
  const letters = "abcdefghijklmnopqrstuvwxyz234567";
  const random = crypto.getRandomValues(new Uint8Array(8));
  const id = [...random].map((byte) => letters[byte % letters.length]).join("");
  const secret = crypto.getRandomValues(new Uint8Array(15));
  return { id, secret: secret.toBase64({ alphabet: "base64url" }) };
}

/** What a link refuses. */
export function linkRefusal(reason: RequestErrorReason & `link-${string}`): RequestError {
  return new RequestError("denied", "The link does not allow this", { reason });
}

/** A link that takes no more. @param limitBytes what it still takes */
export function linkFull(limitBytes: number): RequestError {
  return new RequestError("too-large", "The link takes no more", {
    reason: "link-full",
    limitBytes,
  });
}

/** Checks that a link may lead to what is at its path. @throws {RequestError} */
export function checkLinkable(
  kind: LinkKind,
  { isDirectory, isFile }: { readonly isDirectory: boolean; readonly isFile: boolean },
): void {
  if (kind === "put" && !isDirectory) {
    throw new RequestError("bad-request", undefined, { reason: "link-folder" });
  }
  if (!isDirectory && !isFile) throw new RequestError("not-a-file");
}
