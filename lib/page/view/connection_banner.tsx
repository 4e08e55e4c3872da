import { VERSION } from "../../version.ts";
import { later } from "./later.tsx";
import { useModel } from "./model_context.ts";

const NewVersion = later("NewVersion");
const EndBanner = later("EndBanner");

/** Tells that the connection has ended for good, and why. */
export function ConnectionBanner() {
  const { connection: { value: end }, server } = useModel();
  if (end.kind === "refused" || end.kind === "blocked" || end.kind === "needs-tls") {
    return <EndBanner end={end} />;
  }
  return (server.value?.version ?? VERSION) === VERSION ? null : <NewVersion />;
}
