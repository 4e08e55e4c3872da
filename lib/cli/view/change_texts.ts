import type { NamedEntry } from "../../client/remote_paths.ts";
import type { OmittedPath, RemovedPath } from "../../protocol/answers.ts";
import { RequestError } from "../../protocol/errors.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { cleanLine, display, type DisplayText, joinTexts } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";
import { describeReason } from "./omission_text.ts";

/** The words for what happens to files on a server. */
export const CHANGE_TEXTS = {
  removed: { en: "{path} removed", "pt-BR": "{path} removido" },
  removedFolder: {
    en: "{path}/ removed: {files|# file|# files}, {folders|# folder|# folders}",
    "pt-BR": "{path}/ removida: {files|# arquivo|# arquivos}, {folders|# pasta|# pastas}",
  },
  removedPart: {
    en:
      "{path}/ is still there: {files|# file|# files}, {folders|# folder|# folders} removed, {left} left",
    "pt-BR":
      "{path}/ continua lá: {files|# arquivo|# arquivos}, {folders|# pasta|# pastas} removidos; restam {left}",
  },
  moved: { en: "{path} is now {to}", "pt-BR": "{path} agora é {to}" },
  made: { en: "{path}/ made", "pt-BR": "{path}/ criada" },
  wasThere: { en: "{path}/ was there already", "pt-BR": "{path}/ já existia" },
  wouldRemove: { en: "{path} would be removed", "pt-BR": "{path} seria removido" },
  notRemoved: { en: "{path}: not removed: {reason}", "pt-BR": "{path}: não removido: {reason}" },
  noRight: { en: "permission denied", "pt-BR": "permissão negada" },
  isFolder: {
    en: "{path} is a folder: rm -r removes it with all that is in it",
    "pt-BR": "{path} é uma pasta: rm -r a remove com tudo o que há nela",
  },
  askRemove: {
    en:
      "Remove {count|# folder|# folders} with all that is in {count|it|them}: {paths}? This cannot be undone. [y/N] ",
    "pt-BR":
      "Remover {count|# pasta|# pastas} com tudo o que há {count|nela|nelas}: {paths}? Não há volta. [s/N] ",
  },
  needsFolder: {
    en: "{path} is no folder on the server: only into a folder can several be moved",
    "pt-BR": "{path} não é uma pasta no servidor: só para uma pasta se movem vários",
  },
} as const satisfies Record<string, Text>;

/** Folders that a question names. */
const NAMED_FOLDERS = 5;

/** What was removed, on one line. */
export function describeRemoved(
  name: string,
  { files, folders, omitted: { count: left } }: RemovedPath,
  { fill }: Locale,
): DisplayText {
  const path = cleanLine(name);
  if (left > 0) return fill(CHANGE_TEXTS.removedPart, { path, files, folders, left });
  if (folders === 0) return fill(CHANGE_TEXTS.removed, { path });
  return fill(CHANGE_TEXTS.removedFolder, { path, files, folders });
}

/** What stays of a folder that was removed, and why, on one line. */
export function describeLeft({ path, reason }: OmittedPath, locale: Locale): DisplayText {
  const why = reason === "denied"
    ? locale.fill(CHANGE_TEXTS.noRight)
    : describeReason(reason, locale);
  return locale.fill(CHANGE_TEXTS.notRemoved, { path: cleanLine(path), reason: why });
}

/** Says of a folder that was to be removed as a file how it can be removed; `null` for another failure. */
export function describeFolder(
  { path, type }: NamedEntry,
  error: unknown,
  { recursive, locale: { fill } }: { readonly recursive: boolean; readonly locale: Locale },
): DisplayText | null {
  const isNoFile = error instanceof RequestError && error.code === "not-a-file";
  if (recursive || type !== "folder" || !isNoFile) return null;
  return fill(CHANGE_TEXTS.isFolder, { path: cleanLine(path) });
}

/** The question whether to remove folders with all that is in them. */
export function askRemove(folders: readonly string[], { fill }: Locale): DisplayText {
  const named = folders.slice(0, NAMED_FOLDERS).map((path) => display`${cleanLine(path)}/`);
  const all = joinTexts(named, cleanLine(", "));
  const paths = folders.length > NAMED_FOLDERS ? display`${all}, …` : all;
  return fill(CHANGE_TEXTS.askRemove, { count: folders.length, paths });
}

/** What came of the request for a folder. @param isNew whether it was not there before */
export function describeFolderMade(path: string, isNew: boolean, { fill }: Locale): DisplayText {
  return fill(isNew ? CHANGE_TEXTS.made : CHANGE_TEXTS.wasThere, { path: cleanLine(path) });
}
