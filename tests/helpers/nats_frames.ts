import type { Tap } from "./proxy.ts";

const LF = 10;

/** Cuts what a server of NATS sends into its frames; the rest stays for the next call. */
class NatsFrames {
  #rest = new Uint8Array(0);

  *cut(chunk: Uint8Array): Iterable<{ readonly subject: string; readonly bytes: Uint8Array }> {
    this.#rest = concat(this.#rest, chunk);
    for (;;) {
      const end = this.#rest.indexOf(LF) + 1;
      if (end === 0) return;
      const words = new TextDecoder().decode(this.#rest.subarray(0, end)).trim().split(/\s+/);
      const hasPayload = words[0] === "MSG" || words[0] === "HMSG";
      const size = hasPayload ? end + Number(words.at(-1)) + 2 : end;
      if (this.#rest.length < size) return;
      yield { subject: hasPayload ? words[1]! : "", bytes: this.#rest.slice(0, size) };
      this.#rest = this.#rest.slice(size);
    }
  }
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

/** A tap of a proxy before NATS that drops messages to a client of which `isDropped` says so. */
export function droppingMessages(isDropped: (subject: string) => boolean): Tap {
  const links = new WeakMap<object, NatsFrames>();
  return async (chunk, { direction, link }, next) => {
    if (direction === "up") return await next(chunk);
    const frames = links.get(link) ?? new NatsFrames();
    links.set(link, frames);
    for (const { subject, bytes } of frames.cut(chunk)) {
      if (!isDropped(subject)) await next(bytes);
    }
  };
}
