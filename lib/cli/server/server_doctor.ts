import { readLocalNetworks } from "../../files/local_addresses.ts";
import type { Text } from "../../protocol/fill_text.ts";
import type { ServerFinding } from "../../server/findings.ts";
import { checkServer } from "../../server/self_check.ts";
import type { ServerOptions } from "../../server/config/options.ts";
import { leadsToOthers } from "../../web/addresses.ts";
import { DEFAULT_PORT } from "../../stream/address.ts";
import { formatEndpoint } from "../../stream/endpoint.ts";
import { type DoctorFormat, printChecks } from "../commands/doctor.ts";
import { EXIT } from "../texts/failure.ts";
import { SERVER_DOCTOR_TEXTS } from "../texts/server_doctor_texts.ts";
import { typedPrograms } from "../texts/typed_programs.ts";
import { writeOut } from "../view/output.ts";
import { joinAddresses } from "./join_lines.ts";

/** Exit codes of failures without an error behind; others are those of a connection. */
const EXITS: Partial<Readonly<Record<ServerFinding, number>>> = {
  "root-file": EXIT.disk,
  "root-denied": EXIT.disk,
  "root-readonly": EXIT.disk,
  "data-file": EXIT.disk,
  "data-denied": EXIT.disk,
  "database-newer": EXIT.disk,
  "database-bad": EXIT.disk,
};

const FROM_ELSEWHERE = {
  en: "From another machine: {command}",
  "pt-BR": "De outra máquina: {command}",
} as const satisfies Text;

/** Checks what the options of a server mean on this machine. Returns the exit code. */
export async function serverDoctor(
  options: ServerOptions,
  { json, quiet, locale }: Pick<DoctorFormat, "json" | "quiet" | "locale">,
): Promise<number> {
  const { hostname: host = "0.0.0.0", port = DEFAULT_PORT } = options;
  const hosts = joinAddresses(host, readLocalNetworks())
    .map(({ hostname }) => hostname).filter(leadsToOthers);
  const context = { addresses: hosts, os: Deno.build.os };
  const format = {
    texts: SERVER_DOCTOR_TEXTS,
    exits: EXITS,
    program: typedPrograms().server,
    os: Deno.build.os,
    locale,
    json,
    quiet,
  };
  const exitCode = await printChecks(checkServer(options, context), format);
  const [first] = hosts;
  if (exitCode === EXIT.done && first !== undefined && !json && !quiet) {
    const place = port === DEFAULT_PORT ? first : formatEndpoint({ hostname: first, port });
    const command = `${typedPrograms().client} doctor ${place}`;
    writeOut(`${locale.fill(FROM_ELSEWHERE, { command })}\n`);
  }
  return exitCode;
}
