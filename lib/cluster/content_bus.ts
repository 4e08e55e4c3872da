import { decodeObject, Fields } from "../protocol/json.ts";
import { CONTENT_LIMITS } from "../protocol/content_limits.ts";
import type { WantedContent } from "../transfer/contents.ts";
import { type Beat, type Cluster, subjectOf } from "./cluster.ts";
import type { ContentHolder, ContentSources, ContentTicket } from "./content_sources.ts";

/** What other servers ask of this one. */
export interface ContentAnswers {
  /** A ticket for the server of that id; `null` if the content is not here. */
  ticket(wanted: WantedContent, server: string): Promise<ContentTicket | null>;
  /** The bytes of a small content; `null` if it is not here. */
  small(wanted: WantedContent, server: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Another server has got wrong bytes of a content from this one. */
  doubt(wanted: WantedContent): Promise<void>;
}

/** Which servers have a content, by what they have told. */
export interface KnownCopies {
  /** The ids of these servers. @param sha256 in hex */
  holdersOf(sha256: string): readonly string[];
}

/** What is known of a cluster to find contents in it. */
export type ContentCluster = Pick<Cluster, "name" | "serverId" | "bus" | "beats">;

const NONE = new Uint8Array();
const encoder = new TextEncoder();

/** The contents of a cluster, by the messages of its servers. */
export class ContentBus implements ContentSources {
  readonly #cluster: ContentCluster;
  readonly #copies: KnownCopies;

  /** Asks nothing yet. */
  constructor(cluster: ContentCluster, copies: KnownCopies) {
    this.#cluster = cluster;
    this.#copies = copies;
  }

  /** Those that have told that they have it, then the others, which may have fetched it. */
  holdersOf(sha256: string): readonly ContentHolder[] {
    const known = new Set(this.#copies.holdersOf(sha256));
    const isUnknown = ({ server }: Beat) => Number(!known.has(server));
    return this.#cluster.beats.list()
      .filter(({ server }) => server !== this.#cluster.serverId)
      .toSorted((a, b) => isUnknown(a) - isUnknown(b) || a.clients - b.clients);
  }

  async ticket(holder: ContentHolder, wanted: WantedContent): Promise<ContentTicket | null> {
    const answer = await this.#request(holder, "ticket", wanted);
    if (answer.length === 0) return null;
    const fields = new Fields(decodeObject(answer));
    return { token: fields.text("token"), version: fields.text("version") };
  }

  async small(
    holder: ContentHolder,
    wanted: WantedContent,
  ): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = await this.#request(holder, "small", wanted);
    return bytes.length === 0 ? null : bytes;
  }

  /** Tells a server that its bytes of a content were wrong: it looks for itself. It need not hear that. */
  async doubt(holder: ContentHolder, content: WantedContent): Promise<void> {
    await this.#request(holder, "doubt", content);
  }

  /** Answers the requests of other servers until disposal. */
  serve(answers: ContentAnswers): Disposable {
    using stack = new DisposableStack();
    stack.use(this.#serve("ticket", async (wanted, from) => {
      const ticket = await answers.ticket(wanted, from);
      return ticket === null ? NONE : encoder.encode(JSON.stringify(ticket));
    }));
    stack.use(this.#serve("small", async (wanted, from) => {
      return await answers.small(wanted, from) ?? NONE;
    }));
    stack.use(this.#serve("doubt", async (content) => {
      await answers.doubt(content);
      return NONE;
    }));
    return stack.move();
  }

  #serve(
    what: string,
    answer: (wanted: WantedContent, from: string) => Promise<Uint8Array>,
  ): Disposable {
    const { bus, serverId } = this.#cluster;
    return bus.subscribe(this.#subject(serverId, what), async (message) => {
      const answered = this.#answer(message.payload, answer);
      message.respond(await answered.catch(() => NONE)); // Another server may have it
    });
  }

  async #answer(
    payload: Uint8Array,
    answer: (wanted: WantedContent, from: string) => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    const fields = new Fields(decodeObject(payload));
    const wanted = { sha256: fields.sha256("sha256"), sizeBytes: fields.integer("size") };
    return await answer(wanted, fields.text("from"));
  }

  /** Empty if there is no answer, too. */
  async #request(
    { server }: ContentHolder,
    what: string,
    { sha256, sizeBytes: size }: WantedContent,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { bus, serverId: from } = this.#cluster;
    const payload = encoder.encode(JSON.stringify({ sha256, size, from }));
    const { requestMs } = CONTENT_LIMITS;
    return await bus.request(this.#subject(server, what), payload, requestMs).catch(() => NONE);
  }

  /** By the id of the server: which of its runs answers does not matter. */
  #subject(server: string, what: string): string {
    return subjectOf(this.#cluster, `content.${server}.${what}`);
  }
}
