import { NatsLink, type NatsOptions } from "./nats_link.ts";

/** A connection that is lost for so long, in milliseconds, needs a reason. */
const LOST_MS = 5_000;

/**
 * Tells why a lost connection to NATS is not made again, such as a certificate that has expired: the library tries
 * it in silence. Disposal of the result ends that. Does not own the connection.
 *
 * @param options those of the connection
 */
export function tellLossReason(
  link: NatsLink,
  options: NatsOptions,
  lostMs: number = LOST_MS,
): AsyncDisposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: Promise<void> = Promise.resolve();
  const listening = link.onState((state) => {
    clearTimeout(timer);
    if (state === "lost") timer = setTimeout(() => asking = complain(link, options), lostMs);
  });
  return {
    [Symbol.asyncDispose]: async () => {
      listening[Symbol.dispose]();
      clearTimeout(timer);
      await asking;
    },
  };
}

/** Never rejects. */
async function complain(
  link: NatsLink,
  { onError: _, ...options }: NatsOptions,
): Promise<void> {
  try {
    await using _link = await NatsLink.connect(options);
  } catch (error) {
    if (link.state === "lost") link.complain(error as Error);
  }
}
