/**
 * Makes the pictures of the READMEs, `docs/images/session*.svg`: starts the server and the client in
 * terminals, plays a short session, and draws what both show. Needs `script` of util-linux.
 *
 * @module
 */
import { dirname, fromFileUrl, join } from "@std/path";
import { RecordedTerminal } from "./picture/recorded_terminal.ts";
import { renderSvg } from "./picture/render_svg.ts";

const ROOT = fromFileUrl(new URL("..", import.meta.url));
/** What the programs need of the project. */
const NEEDED = ["server.ts", "client.ts", "deno.json", "deno.lock", "lib", "server_files"];
const USUAL_PORT = 5555;
const COLUMNS = 64;
const ROWS = 30;

/** What is typed in a session, and what the picture is called. */
interface Session {
  readonly image: string;
  readonly locale: string;
  readonly title: string;
  readonly windows: { readonly server: string; readonly client: string };
  readonly fetch: string;
  readonly fromClient: string;
  readonly fromServer: string;
}

const SESSIONS: readonly Session[] = [
  {
    image: "docs/images/session.svg",
    locale: "C.UTF-8",
    title: "A server and a client at work: a file is fetched and verified, both ends chat",
    windows: { server: "server", client: "client" },
    fetch: "file arquivo_medio.txt",
    fromClient: "Hello, is anybody there?",
    fromServer: "Hello from the server!",
  },
  {
    image: "docs/images/session.pt-BR.svg",
    locale: "pt_BR.UTF-8",
    title: "Um servidor e um cliente: um arquivo é baixado e verificado, os dois lados conversam",
    windows: { server: "servidor", client: "cliente" },
    fetch: "arquivo arquivo_medio.txt",
    fromClient: "Oi, tem alguém aí?",
    fromServer: "Olá do servidor!",
  },
];

/** Plays a session in a copy of the project, and returns the picture. */
async function record(session: Session, home: string): Promise<string> {
  const project = join(home, "tcp-chat");
  const port = freePort();
  const options = { columns: COLUMNS, rows: ROWS, cwd: project, env: variables(session, home) };
  await using server = new RecordedTerminal(options);
  await using client = new RecordedTerminal(options);
  await startBoth(server, client, port);
  await client.enter(session.fetch);
  await client.shows(/SHA-256 (verified|verificado)\s+\w{64}\s+\[lobby\] >/);
  await server.shows(/arquivo_medio\.txt: .* s\n>/);
  await client.enter(`chat ${session.fromClient}`);
  await server.shows(new RegExp(`\\]: ${RegExp.escape(session.fromClient)}\n>`));
  await client.shows(new RegExp(`: ${RegExp.escape(session.fromClient)}\n\\[lobby\\] >`));
  await server.enter(session.fromServer);
  await client.shows(
    new RegExp(`\\[SERVER\\] ${RegExp.escape(session.fromServer)}\n\\[lobby\\] >`),
  );
  await server.shows(new RegExp(`> ${RegExp.escape(session.fromServer)}\n>`));
  const { windows, title } = session;
  const picture = renderSvg([
    { title: windows.server, image: server.image() },
    { title: windows.client, image: client.image() },
  ], { columns: COLUMNS, title });
  for (const terminal of [client, server]) {
    await terminal.enter("quit");
    await terminal.shows(/\n\$\s*$/);
  }
  return picture;
}

async function startBoth(
  server: RecordedTerminal,
  client: RecordedTerminal,
  port: number,
): Promise<void> {
  const isUsual = port === USUAL_PORT;
  await server.shows(/\$/);
  await server.enter(`deno run -A server.ts${isUsual ? "" : ` -p ${port}`}`);
  await server.shows(/\/(?:help|ajuda) [^>]*\n>/);
  await client.shows(/\$/);
  await client.enter("deno run -A client.ts");
  await client.shows(/\[localhost\]:/);
  await client.enter("");
  await client.shows(/\[5555\]:/);
  await client.enter(isUsual ? "" : String(port));
  await client.shows(/guest-1\.\n\[lobby\] >/);
  await server.shows(/tcp-chat\/.*\n>/);
}

function variables({ locale }: Session, home: string): Record<string, string> {
  const inherited = Deno.env.toObject();
  return {
    PATH: `${join(home, "bin")}:${inherited.PATH ?? ""}`,
    DENO_DIR: inherited.DENO_DIR ?? join(inherited.HOME ?? "", ".cache", "deno"),
    DENO_NO_UPDATE_CHECK: "1",
    HOME: home,
    LANG: locale,
    TCP_CHAT_NO_QR: "1", // The command that starts the server would be off the screen
    TCP_CHAT_NAME: "casa",
    TCP_CHAT_NO_FIND: "1",
  };
}

/** The usual port, or any other if that is taken. */
function freePort(): number {
  for (const port of [USUAL_PORT, 0]) {
    try {
      using listener = Deno.listen({ port });
      return listener.addr.port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Error("Cannot record: no port is free");
}

/**
 * Makes a `deno` that shows no progress: with it, a module that is loaded at its first use erases the line that the
 * cursor is in, which is the prompt.
 */
async function makeQuietDeno(home: string): Promise<void> {
  const path = join(home, "bin", "deno");
  await Deno.mkdir(dirname(path));
  await Deno.writeTextFile(path, `#!/bin/sh\nexec '${Deno.execPath()}' -q "$@"\n`, { mode: 0o755 });
}

/** Copies what the programs need to a folder of the same name every time. */
async function copyProject(home: string): Promise<void> {
  const project = join(home, "tcp-chat");
  await Deno.mkdir(project);
  const { success } = await new Deno.Command("cp", {
    args: ["-R", ...NEEDED.map((name) => join(ROOT, name)), project],
  }).output();
  if (!success) throw new Error(`Cannot copy the project to ${project}`);
}

for (const session of SESSIONS) {
  const home = "/tmp/ana";
  await Deno.mkdir(home); // It is not there, or another recording runs
  try {
    await copyProject(home);
    await makeQuietDeno(home);
    const picture = await record(session, home);
    const path = join(ROOT, session.image);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, picture);
    console.log(`${session.image}: ${picture.length} characters`);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}
