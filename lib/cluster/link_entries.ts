import type { LinkCreator, NewLink } from "../accounts/link.ts";
import type { LinkChanges } from "../accounts/link_changes.ts";
import type { ScramVerifier } from "../accounts/scram_keys.ts";
import { RequestError } from "../protocol/errors.ts";
import type { Fields } from "../protocol/json.ts";
import type { LinkKind } from "../protocol/link_answers.ts";
import { isLinkId } from "../protocol/link_key.ts";
import { LIMITS } from "../protocol/limits.ts";
import { checkFolderPath } from "../protocol/path.ts";
import {
  decodeVerifier,
  decodeVerifierText,
  encodeVerifier,
  shortText,
} from "./account_entries.ts";
import type { Appliers, EntryOf } from "./entry.ts";
import type { ClaimMembers, LinkEntryKinds, LinkMembers } from "./link_kinds.ts";

/** The decoders of the entries about links. */
export const LINK_DECODERS = {
  link: (fields: Fields): LinkMembers => ({
    link: decodeLinkId(fields),
    use: decodeUse(fields),
    path: checkFolderPath(fields.text("path")),
    truePath: checkFolderPath(fields.text("truePath")),
    creator: fields.has("creator") ? decodeCreator(fields.object("creator")) : null,
    lifeMs: fields.integer("lifeMs", { minimum: 1, maximum: LIMITS.linkMsMax }),
    count: fields.optionalInteger("count", { minimum: 1 }) ?? null,
    sizeBytes: fields.optionalInteger("sizeBytes", { minimum: 1 }) ?? null,
    note: fields.has("note") ? shortText(fields, "note") : null,
    verifier: decodeVerifierText(fields.object("verifier")),
  }),
  unlink: (fields: Fields) => ({ link: decodeLinkId(fields) }),
  claim: (fields: Fields): ClaimMembers => {
    const claim = fields.text("claim");
    if (claim.length > LIMITS.claimCharactersMax) throw new RequestError("bad-request");
    return { link: decodeLinkId(fields), claim };
  },
};

/** Reads the id of a link. @throws {RequestError} `bad-request` */
export function decodeLinkId(fields: Fields): string {
  const id = fields.text("link");
  if (isLinkId(id)) return id;
  throw new RequestError("bad-request");
}

function decodeUse(fields: Fields): LinkKind {
  const use = fields.text("use");
  if (use === "get" || use === "put") return use;
  throw new RequestError("bad-request");
}

function decodeCreator(fields: Fields): LinkCreator {
  return { name: shortText(fields, "name"), createdMs: fields.integer("createdMs") };
}

/** The entry that makes a link. */
export function linkEntry(
  { kind: use, ...link }: NewLink,
  id: string,
  verifier: ScramVerifier,
): EntryOf<"link"> {
  return { kind: "link", ...link, link: id, use, verifier: encodeVerifier(verifier) };
}

/** Makes the appliers of the entries about links. */
export function linkAppliers(links: LinkChanges): Appliers<keyof LinkEntryKinds> {
  return {
    link: ({ kind: _, link: id, use, verifier, ...link }, { stampMs }) => {
      const added = { ...link, id, kind: use, verifier: decodeVerifier(verifier) };
      return { link: links.add(added, stampMs) };
    },
    unlink: ({ link }, { stampMs }) => ({ link: links.revoke(link, stampMs) }),
    claim: ({ link, claim }, { stampMs }) => ({ untilMs: links.take(link, claim, stampMs) }),
  };
}
