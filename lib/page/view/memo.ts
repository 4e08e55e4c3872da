import { Component, type ComponentChild, type FunctionComponent, h } from "preact";

/** A component that is rendered again only where its properties differ. */
export function memo<P extends object>(
  view: FunctionComponent<P>,
  isSame: (before: P, after: P) => boolean,
): new () => Component<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      return !isSame(this.props as P, next as P);
    }
    override render(props: P): ComponentChild {
      return h(view, props);
    }
  };
}
