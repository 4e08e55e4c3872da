import type { DatabaseSync } from "node:sqlite";
import type { Account } from "../../accounts/account.ts";
import { AccountStore } from "../../accounts/account_store.ts";
import { formatRights } from "../../accounts/rights.ts";
import { openStateDatabase } from "../../files/open_state_database.ts";
import type { Text } from "../../protocol/fill_text.ts";
import type { OptionValues } from "../options/options.ts";
import { dataFolder, servedFolder } from "../options/state_folder.ts";
import { readNewPassword } from "../terminal/password.ts";
import { EXIT } from "../texts/failure.ts";
import type { Locale } from "../texts/locale.ts";
import { typedPrograms } from "../texts/typed_programs.ts";
import { UsageError } from "../texts/usage_error.ts";
import { jsonLine } from "../view/json_line.ts";
import { writeError, writeOut } from "../view/output.ts";
import { ClusterAccounts } from "./cluster_accounts.ts";
import { clusterOfFolder } from "./cluster_of_folder.ts";
import type { SERVER_OPTIONS } from "./server_options.ts";

type Values = OptionValues<typeof SERVER_OPTIONS>;

const FOLDER = {
  en: "The accounts are in the data folder {folder}",
  "pt-BR": "As contas estão na pasta de dados {folder}",
} as const satisfies Text;
const NEEDS_CLUSTER = {
  en:
    "The accounts are those of the cluster {name}: give --cluster, so that all its servers get the change",
  "pt-BR":
    "As contas são as do cluster {name}: informe --cluster, para que todos os servidores recebam a mudança",
} as const satisfies Text;

/**
 * Carries out `user add NAME`, `passwd NAME`, `remove NAME` or `list`, also while the server runs. In a cluster, the
 * change is made on all servers.
 *
 * @returns the exit code
 * @throws {UsageError}, {RequestError} when the name or the password is not allowed
 * @throws {DiskError} when the database cannot be used
 */
export async function manageUsers(
  args: readonly string[],
  values: Values,
  locale: Locale,
): Promise<number> {
  const { t, fill } = locale;
  const [command, name, unexpected] = args;
  const isList = command === "list" && name === undefined;
  const isNamed = ["add", "passwd", "remove"].includes(command ?? "") && name !== undefined;
  if (unexpected !== undefined || !(isList || isNamed)) {
    throw new UsageError(t("userUsage", { server: typedPrograms().server }));
  }
  const data = await dataFolder(values.data, servedFolder(values.root), locale);
  if (data.notice !== null) writeError(`${data.notice}\n`);
  const database = openStateDatabase(data.path);
  try {
    const store = new AccountStore(database);
    if (isList) {
      for (const line of listUsers(store.list(), values.json, locale)) writeOut(`${line}\n`);
      return EXIT.done;
    }
    const accounts = accountsOf(database, store, { folder: data.path, values, locale });
    const changed = await change(accounts, [command, name ?? ""], { role: values.role, locale });
    writeOut(`${changed}\n`);
    // A mistyped folder has accounts of its own, which no server reads
    if (accounts === store) writeError(`${fill(FOLDER, { folder: data.path })}\n`);
    return EXIT.done;
  } finally {
    database.close();
  }
}

/** The accounts of a server alone, or of its cluster. @throws {UsageError} */
function accountsOf(
  database: DatabaseSync,
  store: AccountStore,
  { folder, values, locale }: {
    readonly folder: string;
    readonly values: Values;
    readonly locale: Locale;
  },
): AccountStore | ClusterAccounts {
  const cluster = clusterOfFolder(database, {
    folder,
    values,
    locale,
    needsCluster: NEEDS_CLUSTER,
  });
  return cluster === null ? store : new ClusterAccounts(store, cluster);
}

async function change(
  store: AccountStore | ClusterAccounts,
  [command, name]: readonly [command: string | undefined, name: string],
  { role, locale }: { readonly role: string | undefined; readonly locale: Locale },
): Promise<string> {
  const { t } = locale;
  if (command === "remove") return t("userRemoved", { name: (await store.remove(name)).name });
  const password = await readNewPassword(name, Deno.env.get("TCP_CHAT_PASSWORD"), locale);
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
