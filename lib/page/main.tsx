import { render } from "preact";

render(<h1>tcp-chat</h1>, document.body);
