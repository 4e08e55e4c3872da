/** The integers from `first` to `last`. */
export function through(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
