import { writePrivateFile } from "../../files/atomic_file.ts";
import { readConfigFile, statConfigFile } from "../../files/config_file.ts";
import { asDiskError } from "../../files/disk_error.ts";
import { CONFIG_LIMITS } from "../../protocol/limits.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { EXIT } from "../texts/failure.ts";
import type { Locale } from "../texts/locale.ts";
import { writeError, writeOut } from "../view/output.ts";

const TEXTS = {
  made: {
    en: "The secret half is in {path}: copy it to all servers, for --cluster-creds.",
    "pt-BR":
      "A metade secreta está em {path}: copie-a para todos os servidores, para --cluster-creds.",
  },
  noKey: {
    en: "Cannot show the key: {path} holds none",
    "pt-BR": "Não é possível mostrar a chave: {path} não contém nenhuma",
  },
} as const satisfies Record<string, Text>;

/**
 * Carries out `cluster key FILE`: makes the key that proves the servers of a cluster to NATS, unless the file has
 * one, and shows what the configuration of NATS needs of it.
 *
 * @returns the exit code
 * @throws {DiskError}
 */
export async function makeClusterKey(path: string, locale: Locale): Promise<number> {
  const { makeNatsKey, readNatsKey } = await import("../../cluster/nats_key.ts");
  const isThere = await statConfigFile(path) !== null;
  const key = isThere ? readNatsKey(await read(path)) : makeNatsKey();
  if (key === null) {
    writeError(`${locale.fill(TEXTS.noKey, { path })}\n`);
    return EXIT.other;
  }
  if (!isThere) await write(path, `${key.seed}\n`);
  writeOut(`nkey: ${key.publicKey}\n`);
  if (!isThere) writeError(`${locale.fill(TEXTS.made, { path })}\n`);
  return EXIT.done;
}

async function read(path: string): Promise<string> {
  return new TextDecoder().decode(await readConfigFile(path, CONFIG_LIMITS.configFileBytes));
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writePrivateFile(path, text);
  } catch (error) {
    throw asDiskError(error, path, "write");
  }
}
