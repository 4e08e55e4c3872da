/** What a connection must be able to do to be read as a stream. */
export interface ByteReader {
  /** Fills part of `into`; resolves to the bytes read, or `null` at the end. */
  read(into: Uint8Array): Promise<number | null>;
}

/**
 * The incoming bytes of a connection as a byte stream, to be read in BYOB mode.
 *
 * Unlike `conn.readable` it leaves the connection open when the peer shuts down only its sending
 * side, so that everything asked for before can still be answered. It buffers nothing and does not
 * own the connection: closing that ends a pending read.
 */
export function byteStream(source: ByteReader): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      const request = controller.byobRequest;
      const view = request?.view;
      if (!request || !view) throw new TypeError("byteStream must be read in BYOB mode");
      const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
      // No async function: while a connection is idle, each one on its way takes half a kilobyte
      return source.read(bytes).then((count) => {
        if (count === null) controller.close();
        request.respond(count ?? 0);
      });
    },
  });
}
