/** The part of a connection that a byte stream reads from. */
export interface ByteReader {
  /** Fills part of `into`; resolves to the number of bytes read, or `null` at the end. */
  read(into: Uint8Array): Promise<number | null>;
}

/**
 * The incoming bytes of a connection as a byte stream for BYOB reads.
 *
 * Unlike `conn.readable`, it leaves the connection open when the peer shuts down its sending side,
 * so that pending requests are still answered. It buffers nothing and does not own the connection;
 * closing the connection ends a pending read.
 */
export function byteStream(source: ByteReader): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      const request = controller.byobRequest;
      const view = request?.view;
      if (!request || !view) throw new TypeError("byteStream must be read in BYOB mode");
      const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
      // No async function: each pending one costs half a kilobyte on an idle connection
      return source.read(bytes).then((count) => {
        if (count === null) controller.close();
        request.respond(count ?? 0);
      });
    },
  });
}
