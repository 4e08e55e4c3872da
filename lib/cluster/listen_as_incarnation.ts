import type { ClusterLog } from "./cluster_log.ts";

/** Listens under the present incarnation of this server, and anew once it is another one. Disposal ends that. */
export function listenAsIncarnation(
  log: Pick<ClusterLog, "incarnation" | "onIncarnation">,
  listen: (incarnation: string) => Disposable,
): Disposable {
  let listening = listen(log.incarnation);
  const following = log.onIncarnation(() => {
    listening[Symbol.dispose]();
    listening = listen(log.incarnation);
  });
  return {
    [Symbol.dispose]: () => {
      following[Symbol.dispose]();
      listening[Symbol.dispose]();
    },
  };
}
