/** Some members of a type, of which any may be `undefined`. */
export type MaybeDefined<T> = { readonly [K in keyof T]?: T[K] | undefined };

/**
 * A copy of an object without the members that are `undefined`: optional members of the library
 * cannot be `undefined`.
 *
 * The type is that of the options that the members are for, and has to be written where the result is
 * spread: the compiler then refuses a member that these options do not have.
 */
export function defined<T extends object = never>(
  members: MaybeDefined<NoInfer<T>>,
): Partial<T> {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}
