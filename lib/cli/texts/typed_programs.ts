import { basename } from "../../files/path.ts";
import { cleanLine, type DisplayText } from "../../protocol/text.ts";

/** How the programs are typed where they are had in the same way as the running one. */
export interface TypedPrograms {
  readonly client: DisplayText;
  readonly server: DisplayText;
}

/** What tells how a program was started. */
export interface ProgramStart {
  /** The URL of the first module. */
  readonly mainModule: string;
  /** The path of the executable. */
  readonly executable: string;
  /** The value of TCP_CHAT_NPX, which the npm package sets to 1 below npx. */
  readonly npx: string | undefined;
}

/** How others type the programs: from the source, through npx, or as what is installed. */
export function typedPrograms(start: ProgramStart = ownStart()): TypedPrograms {
  const { mainModule, executable, npx } = start;
  const isSource = /^deno(\.exe)?$/.test(basename(executable)) && mainModule.endsWith(".ts");
  if (isSource) return typed("deno run -A client.ts", "deno run -A server.ts");
  const client = npx === "1" ? "npx tcp-chat" : "tcp-chat";
  return typed(client, `${client} serve`);
}

function ownStart(): ProgramStart {
  return {
    mainModule: Deno.mainModule,
    executable: Deno.execPath(),
    npx: Deno.env.get("TCP_CHAT_NPX"),
  };
}

function typed(client: string, server: string): TypedPrograms {
  return { client: cleanLine(client), server: cleanLine(server) };
}
