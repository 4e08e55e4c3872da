import { join } from "@std/path";
import type { DatabaseSync } from "node:sqlite";
import type { Account } from "../../accounts/account.ts";
import { AccountStore } from "../../accounts/account_store.ts";
import { formatRights } from "../../accounts/rights.ts";
import { openDatabase } from "../../files/database.ts";
import { asDiskError } from "../../files/disk_error.ts";
import { DATABASE_NAME } from "../../files/own_marks.ts";
import { dataFolder, servedFolder } from "../options/state_folder.ts";
import { readNewPassword } from "../terminal/password.ts";
import { EXIT } from "../texts/failure.ts";
import type { Locale } from "../texts/locale.ts";
import { typedPrograms } from "../texts/typed_programs.ts";
import { UsageError } from "../texts/usage_error.ts";
import { jsonLine } from "../view/json_line.ts";
import { writeError, writeOut } from "../view/output.ts";

/** The options of `user`. */
export interface UserOptions {
  readonly data: string | undefined;
  /** The served folder. */
  readonly root: string | undefined;
  readonly role: string | undefined;
  readonly json: boolean;
}

/**
 * Carries out `user add NAME`, `passwd NAME`, `remove NAME` or `list`, also while the server runs.
 *
 * @returns the exit code
 * @throws {UsageError}, {RequestError} when the name or the password is not allowed
 * @throws {DiskError} when the database cannot be used
 */
export async function manageUsers(
  args: readonly string[],
  options: UserOptions,
  locale: Locale,
): Promise<number> {
  const { t } = locale;
  const [command, name, unexpected] = args;
  const isList = command === "list" && name === undefined;
  const isNamed = ["add", "passwd", "remove"].includes(command ?? "") && name !== undefined;
  if (unexpected !== undefined || !(isList || isNamed)) {
    throw new UsageError(t("userUsage", { server: typedPrograms().server }));
  }
  const data = await dataFolder(options.data, servedFolder(options.root), locale);
  if (data.notice !== null) writeError(`${data.notice}\n`);
  const database = open(join(data.path, DATABASE_NAME));
  try {
    const store = new AccountStore(database);
    const lines = isList
      ? listUsers(store.list(), options.json, locale)
      : [await change(store, command ?? "", name ?? "", { role: options.role, locale })];
    for (const line of lines) writeOut(`${line}\n`);
    return EXIT.done;
  } finally {
    database.close();
  }
}

function open(path: string): DatabaseSync {
  try {
    return openDatabase(path);
  } catch (error) {
    throw asDiskError(error, path, "use");
  }
}

async function change(
  store: AccountStore,
  command: string,
  name: string,
  { role, locale }: { readonly role: string | undefined; readonly locale: Locale },
): Promise<string> {
  const { t } = locale;
  if (command === "remove") return t("userRemoved", { name: store.remove(name).name });
  const password = await readNewPassword(name, locale);
  if (command === "passwd") {
    return t("userPassword", { name: (await store.setPassword(name, password)).name });
  }
  const account = await store.add(name, password, role === "admin" ? "admin" : "member");
  return t("userAdded", { name: account.name, role: account.role });
}

function listUsers(accounts: readonly Account[], json: boolean, { t }: Locale): string[] {
  if (json) return accounts.map(toJson);
  if (accounts.length === 0) return [t("noUsers")];
  return accounts.map(({ name, role, rights }) =>
    t("userLine", { name, role, rights: formatRights(rights) })
  );
}

function toJson({ name, role, rights, createdMs }: Account): string {
  return jsonLine({ event: "user", name, role, rights: [...rights], created: createdMs });
}
