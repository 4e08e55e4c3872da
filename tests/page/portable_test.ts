import { assertEquals } from "@std/assert";
import { dirname, join } from "@std/path";
import { readSource, sourcesBelow, valueImportsOf } from "../helpers/source_files.ts";

/** The types of `Deno`, which portable files may use. */
const TYPES = ["Addr", "Conn", "TcpConn"];

/** What the page uses of folders that are not all portable. */
const PORTABLE: Readonly<Record<string, readonly string[]>> = {
  accounts: ["prepare", "scram_client", "scram_keys", "scram_mechanisms", "scram_messages"],
  client: [
    "asks_for_help",
    "backoff",
    "chat",
    "check_message",
    "claim_known",
    "client_links",
    "client_provider",
    "closed_or_grace",
    "closest",
    "connect_options",
    "connect_timeout",
    "connection",
    "decode_chat",
    "inbox",
    "is_over",
    "joined_rooms",
    "judge_silence",
    "kept_nick",
    "late_hello",
    "list_folder",
    "list_rooms",
    "near_nick",
    "log_in_by_link",
    "lost",
    "message_pace",
    "outbox",
    "pending",
    "pre_hello_lines",
    "protocol2_client",
    "prove_account",
    "read_answer",
    "reclaim_nick",
    "reconnecting_chat",
    "reconnecting_chat_options",
    "resend_guard",
    "resume_secret",
    "retry_pauses",
    "room_sequencer",
    "route_of",
    "server_route",
    "stat_path",
    "sync_room",
    "trust_peer",
    "upload_channel",
  ],
  stream: [
    "address",
    "endpoint",
    "fingerprint",
    "framed_connection",
    "ip_address",
    "socket",
    "target",
  ],
};

/** Whether the page may be made of a file. */
function isPortable(path: string): boolean {
  if (/^lib\/(?:page|async|protocol|stream\/frames|version\.ts)/.test(path)) return true;
  if (/^lib\/chat\/(?:chat_texts|token_bucket)\.ts$/.test(path)) return true;
  return PORTABLE[path.split("/")[1]!]?.includes(path.split("/").at(-1)!.replace(".ts", "")) ??
    false;
}

/** The files that a page is made of, with what they import besides. */
function filesOfPage(entries: readonly string[]): Map<string, string[]> {
  const files = new Map<string, string[]>();
  const visit = (path: string) => {
    if (files.has(path)) return;
    const imports = valueImportsOf(readSource(path));
    files.set(path, imports.filter((specifier) => !specifier.startsWith(".")));
    for (const specifier of imports.filter((each) => each.startsWith("."))) {
      visit(join(dirname(path), specifier));
    }
  };
  for (const path of entries) visit(path);
  return files;
}

Deno.test("lib/page: says so where a part of it cannot be loaded", () => {
  // Of these the page is none the worse, or they say it by themselves
  const others = [
    "./roaming.ts",
    "../../protocol/reason_texts.ts",
    "./scram.ts",
    "../net/scram.ts",
  ];
  for (const { path, code } of sourcesBelow("lib/page")) {
    if (path.endsWith("roaming.ts")) continue; // It loads ahead
    const loaded = [...code.matchAll(/(\w*\(?)import\(\s*"([^"]+)"/g)];
    const bare = loaded.filter(([, before]) => !/^load(?:Part)?\($/.test(before!));
    assertEquals(
      bare.map(([, , name]) => name!).filter((name) => !others.includes(name)),
      [],
      path,
    );
  }
});

Deno.test("lib/page: is made of portable files only, without Deno and Node", () => {
  const own = [...sourcesBelow("lib/page")].map(({ path }) => path);
  const entries = [
    ...own,
    "lib/page/main.tsx",
    ...Object.entries(PORTABLE).flatMap(([folder, names]) =>
      names.map((name) => `lib/${folder}/${name}.ts`)
    ),
  ];
  const files = filesOfPage(entries);
  assertEquals([...files.keys()].filter((path) => !isPortable(path)), []);
  for (const [path, packages] of files) {
    assertEquals(packages.filter((name) => name.startsWith("node:")), [], path);
    const used = [...readSource(path).code.matchAll(/\bDeno\.(\w+)/g)].map(([, name]) => name!);
    assertEquals(used.filter((name) => !TYPES.includes(name)), [], path);
  }
});
