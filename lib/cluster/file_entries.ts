import type { DatabaseSync } from "node:sqlite";
import type { LinkChanges } from "../accounts/link_changes.ts";
import { CatalogueChanges } from "../files/catalogue_changes.ts";
import { CatalogueCopies } from "../files/catalogue_copies.ts";
import { RequestError } from "../protocol/errors.ts";
import { Fields } from "../protocol/json.ts";
import { CLUSTER_LIMITS } from "../protocol/cluster_limits.ts";
import { checkPath } from "../protocol/path.ts";
import type { Appliers } from "./entry.ts";
import type { FileEntryKinds, PutMembers } from "./file_kinds.ts";
import { serverOf } from "./incarnation.ts";
import { decodeLinkId } from "./link_entries.ts";

/** The decoders of the entries about files. */
export const FILE_DECODERS = {
  put: (fields: Fields): PutMembers => ({
    path: checkPath(fields.text("path")),
    size: fields.integer("size"),
    mtime: fields.integer("mtime", { minimum: Number.MIN_SAFE_INTEGER }),
    sha256: fields.sha256("sha256"),
    exec: fields.flag("exec"),
    replace: fields.flag("replace"),
    former: fields.optionalSha256("former"),
    link: fields.has("link") ? decodeLinkId(fields) : null,
  }),
  mkdir: (fields: Fields) => ({ path: checkPath(fields.text("path")) }),
  rm: (fields: Fields) => ({ paths: bounded(fields.texts("paths")).map(checkPath) }),
  mv: (fields: Fields) => ({
    from: checkPath(fields.text("from")),
    to: checkPath(fields.text("to")),
    replace: fields.flag("replace"),
  }),
  have: decodeContents,
  lost: decodeContents,
};

function decodeContents(fields: Fields): { readonly contents: readonly string[] } {
  const contents = bounded(fields.texts("contents"));
  return { contents: contents.map((sha256) => new Fields({ sha256 }).sha256("sha256")) };
}

function bounded(texts: readonly string[]): readonly string[] {
  if (texts.length <= CLUSTER_LIMITS.entryFiles) return texts;
  throw new RequestError("bad-request");
}

/** Makes the appliers of the entries about files. */
export function fileAppliers(
  database: DatabaseSync,
  links: LinkChanges,
): Appliers<keyof FileEntryKinds> {
  const catalogue = new CatalogueChanges(database);
  const copies = new CatalogueCopies(database);
  return {
    put: (entry, { origin, stampMs }) => {
      const { path, size, mtime: mtimeMs, sha256, exec, replace, former, link } = entry;
      const file = { size, mtimeMs, sha256, isExecutable: exec };
      if (link !== null) links.checkFile(link, size, stampMs);
      const what = catalogue.put(path, file, { replace, former }, stampMs);
      if (link !== null) links.spend(link, { path, sha256 }, size);
      copies.add(sha256, serverOf(origin));
      return { what };
    },
    mkdir: ({ path }, { stampMs }) => ({ isNew: catalogue.makeFolder(path, stampMs) }),
    rm: ({ paths }, { stampMs }) => ({
      removed: paths.map((path) => catalogue.remove(path, stampMs)),
    }),
    mv: ({ from, to, replace }, { stampMs }) => {
      catalogue.move(from, to, replace, stampMs);
      return {};
    },
    have: ({ contents }, { origin }) => {
      for (const sha256 of contents) copies.add(sha256, serverOf(origin));
      return {};
    },
    lost: ({ contents }, { origin }) => {
      for (const sha256 of contents) copies.remove(sha256, serverOf(origin));
      return {};
    },
  };
}
