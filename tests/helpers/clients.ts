import { type Client, connect, type ConnectOptions } from "../../lib/client/client.ts";
import { within } from "./deadline.ts";

/**
 * A client of ours that keeps what it was told, in protocol 1 unless told otherwise. Disposal takes
 * leave, or hangs up.
 */
export class TestClient implements AsyncDisposable {
  readonly client: Client;
  /** Chat messages so far. */
  readonly heard: string[];

  private constructor(client: Client, heard: string[]) {
    this.client = client;
    this.heard = heard;
  }

  /** Connects to a port of this machine. */
  static async connect(
    port: number,
    options: Partial<ConnectOptions> = {},
  ): Promise<TestClient> {
    const heard: string[] = [];
    const onChat = (text: string) => {
      heard.push(text);
      options.onChat?.(text);
    };
    return new TestClient(
      await connect({ hostname: "127.0.0.1", port, protocol: 1, ...options, onChat }),
      heard,
    );
  }

  /** Why the connection is over, once it is. */
  closed(): ReturnType<Client["quit"]> {
    return within(this.client.closed, "the end of the connection", () => this.client.close());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.client.isClosed) await this.client.quit();
    await this.client.closed;
  }
}
