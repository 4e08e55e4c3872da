import { ClientLinks } from "../../client/client_links.ts";
import { useModel } from "./model_context.ts";

/** The links of the account, by which others come without one. */
export function useLinks(): ClientLinks {
  const { linkRequest: request } = useModel();
  // A server without links refuses the request
  return new ClientLinks(() => Promise.resolve({ hello: { features: ["links"] }, request }));
}
