import { TestAccounts } from "./accounts.ts";
import { startServer, type TestServer, type TestServerOptions } from "./servers.ts";
import type { TempDir } from "./temp_dir.ts";

/** Starts a server with the account `ana`, whose password is `right`. @param folder holds its data */
export async function startAccountServer(
  folder: TempDir,
  options: TestServerOptions = {},
): Promise<TestServer> {
  const dataDirectory = folder.join("data");
  {
    using accounts = new TestAccounts(`${dataDirectory}/tcp-chat.db`);
    await accounts.store.add("ana", "right", "member");
  }
  return await startServer({ ...options, dataDirectory });
}
