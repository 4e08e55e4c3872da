/** A ban of an address, a network or a nick. */
export interface Ban {
  /** `nick` stands for the account of that name, too. */
  readonly kind: "address" | "nick";
  /** The address or the network (CIDR) in its canonical form, or the folded nick. */
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
  /** When the ban expires, milliseconds since 1970; `null` for never. */
  readonly expiresMs: number | null;
  /** Text of the operator; may be empty. */
  readonly reason: string;
}

/** What a ban is about. */
export type BanTarget = Pick<Ban, "kind" | "subject">;
