import { type Client, connect, type ConnectOptions, serve, type Server } from "../../mod.ts";
import { TempDir } from "./temp_dir.ts";

/** A server and a client, by the public library alone. Disposal ends both. */
export class LibraryFixture implements AsyncDisposable {
  readonly server: Server;
  readonly client: Client;
  /** The served folder. */
  readonly root: TempDir;
  /** A folder of the client. */
  readonly folder: TempDir;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    { server, client, root, folder }: Pick<
      LibraryFixture,
      "server" | "client" | "root" | "folder"
    >,
    stack: AsyncDisposableStack,
  ) {
    this.server = server;
    this.client = client;
    this.root = root;
    this.folder = folder;
    this.#stack = stack;
  }

  /** Starts a server that accepts uploads, and connects to it. */
  static async start(options: Partial<ConnectOptions> = {}): Promise<LibraryFixture> {
    const stack = new AsyncDisposableStack();
    const root = stack.use(new TempDir());
    const folder = stack.use(new TempDir());
    const server = stack.use(
      await serve({ hostname: "127.0.0.1", port: 0, root: root.path, uploads: true }),
    );
    const client = stack.use(
      await connect({ hostname: "127.0.0.1", port: server.port, ...options }),
    );
    return new LibraryFixture({ server, client, root, folder }, stack);
  }

  /** Connects another client, which ends before the server. */
  async connectAnother(options: Partial<ConnectOptions> = {}): Promise<Client> {
    const { port } = this.server;
    return this.#stack.use(await connect({ hostname: "127.0.0.1", port, ...options }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
