import { VERSION } from "../../version.ts";
import { later } from "./later.tsx";
import { useModel } from "./model_context.ts";

const NewVersion = later("NewVersion");
const EndBanner = later("EndBanner");
const OtherServers = later("OtherServers");

/** Tells that the connection has ended for good, and why, or where else there is one. */
export function ConnectionBanner() {
  const { connection: { value: end }, elsewhere: { value: peers }, server } = useModel();
  if (end.kind === "refused" || end.kind === "blocked" || end.kind === "needs-tls") {
    return <EndBanner end={end} />;
  }
  if (peers.length > 0) return <OtherServers peers={peers} />;
  return (server.value?.version ?? VERSION) === VERSION ? null : <NewVersion />;
}
