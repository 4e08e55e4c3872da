import type { Text } from "../../protocol/fill_text.ts";
import { cleanLine } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";
import { writeError } from "../view/output.ts";
import { knownAddresses } from "./known_addresses.ts";
import type { ResolvedArguments } from "./resolve_arguments.ts";

const SHADOWS = {
  en: "{name} is {address} in your file; the host of that name is tcp-chat://{name}",
  "pt-BR": "{name} é {address} no seu arquivo; o host desse nome é tcp-chat://{name}",
} as const satisfies Text;

/** Says that a profile stands in for a host of the same name that the client has been connected to. */
export async function tellShadow(
  { profile, values }: ResolvedArguments,
  { fill }: Locale,
): Promise<void> {
  if (profile === null || values.quiet) return;
  const { name, address } = profile;
  const known = await knownAddresses().catch(() => []); // Connecting reports it
  if (!known.some((host) => host.toLowerCase().replace(/:\d+$/, "") === name.toLowerCase())) return;
  writeError(`tcp-chat: ${cleanLine(fill(SHADOWS, { name, address }))}\n`);
}
