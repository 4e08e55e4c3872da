import { hint, says } from "./check_text.ts";

/** The other half of the diagnosis. */
export const SERVER_SIDE = hint(
  "On the server's machine: {program} doctor",
  "Na máquina do servidor: {program} doctor",
);
/** A check that an earlier one has made pointless. */
export const UNTRIED = says("not tried", "não verificado");
