/** To the worker that connects for the page. */
export type ToRelay =
  /** Comes with the port of the socket. */
  | { readonly kind: "open"; readonly url: string }
  | { readonly kind: "retire" };

/** To the page, over the port of a socket: bytes, or its state. */
export type FromRelay = ArrayBuffer | "open" | "closed";

/** To the worker, over the port of a socket: bytes; `null` closes it. */
export type ToRelayed = Uint8Array<ArrayBuffer> | null;
