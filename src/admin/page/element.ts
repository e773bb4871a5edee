// Elements: made, found, and changed only where something changes. What came as data is text, never markup.

type Attributes = Readonly<Record<string, string>>;

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function button(label: string, onClick: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const made = element("button", { type: "button", ...attributes }, label);
  made.addEventListener("click", onClick);
  return made;
}

/** An element of the page itself. @throws where the page has none: then page and code are of different versions */
export function find<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} called ${id}`);
  return found;
}

/** Within a form. */
export function field<Kind extends HTMLElement | RadioNodeList>(
  form: HTMLFormElement,
  name: string,
  kind: new () => Kind,
): Kind {
  const found = form.elements.namedItem(name);
  if (!(found instanceof kind)) throw new Error(`the form has no ${kind.name} called ${name}`);
  return found;
}

export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** @param value null takes it away */
export function setAttribute(target: Element, name: string, value: string | null): void {
  if (target.getAttribute(name) === value) return;
  if (value === null) target.removeAttribute(name);
  else target.setAttribute(name, value);
}

export function setHidden(target: HTMLElement, hidden: boolean): void {
  if (target.hidden !== hidden) target.hidden = hidden;
}

/** @param ratio 0 to 1. By the style object, which a strict policy allows and a style attribute in markup is not. */
export function setWidth(target: HTMLElement, ratio: number): void {
  const width = `${(Math.min(1, Math.max(0, ratio)) * 100).toFixed(1)}%`;
  if (target.style.width !== width) target.style.width = width;
}
