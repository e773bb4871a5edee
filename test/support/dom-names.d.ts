// What Playwright's types name of the browser's. Tests run in Node, and hand code to the browser as text.
interface Node {}
interface HTMLElement {}
interface SVGElement {}
interface HTMLElementTagNameMap {}
