import { connect } from "../lib/client/connect.ts";

/** Makes a server compute the hashes of files, so that its indexer does not have to. */
export async function learnHashes(port: number, paths: readonly string[]): Promise<void> {
  const client = await connect({ hostname: "127.0.0.1", port, protocol: 2 });
  for (const path of paths) await client.stat(path);
  await client.quit();
}
