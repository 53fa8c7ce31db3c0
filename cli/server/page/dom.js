// Building and updating the page: text is only ever set as text, never as markup, and what a browser
// would obey instead of showing it is written out.

// C0 but tab and newline, DEL, C1, bidirectional marks, line separators
const OBEYED = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const SPOKEN = new Set(["title", "aria-label", "aria-valuetext", "placeholder"]);

/** A text as it may be put on the page: `\x1b`, `\u202e` written out. */
export function shown(value) {
  return String(value).replace(OBEYED, (one) => {
    const code = one.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`;
  });
}

/** An element. `props`: class, on (listeners), everything else an attribute; null leaves it out. */
export function h(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

const SVG = "http://www.w3.org/2000/svg";

/** An SVG element; the same rules. */
export function s(tag, props = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (name === "value") {
      node.value = value;
    } else {
      attribute(node, name, value);
    }
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined).map(part));
  return node;
}

function part(child) {
  return child instanceof Node ? child : shown(child);
}

/** Set or remove an attribute, only if that changes something. */
export function attribute(node, name, value) {
  if (value === null || value === undefined || value === false) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
  } else {
    const said = value === true ? "" : SPOKEN.has(name) ? shown(value) : String(value);
    if (node.getAttribute(name) !== said) node.setAttribute(name, said);
  }
}

/** Set the text of a node, only if that changes something. */
export function text(node, value) {
  const said = shown(value);
  if (node.textContent !== said) node.textContent = said;
}

export function $(id) {
  return document.getElementById(id);
}

/**
 * Make the children of `parent` those of `items`: `make(item)` builds one, `update(node, item)`
 * brings it up to date. What a person is typing into stays where it is.
 */
export function keyed(parent, items, key, make, update) {
  const known = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  let before = null;
  for (const item of items) {
    const name = key(item);
    let node = known.get(name);
    known.delete(name);
    if (!node) {
      node = make(item);
      node.dataset.key = name;
    }
    update(node, item);
    const place = before ? before.nextSibling : parent.firstChild;
    if (node !== place) parent.insertBefore(node, place);
    before = node;
  }
  for (const node of known.values()) node.remove();
}
