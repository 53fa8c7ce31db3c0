// Asking the server: documents to look at, and commands as the engineer.

/** A document; throws an Error whose message is for people. */
export async function get(path) {
  const answer = await fetch(path, { cache: "no-store" });
  const document = await answer.json();
  if (!answer.ok) throw refused(document);
  return document;
}

/** Give a command; throws like `get`, with `code` and `results` of the refusal. */
export async function command(type, subject, data, more = {}) {
  const answer = await fetch("/api/commands", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ type, subject, data, id: crypto.randomUUID(), ...more }),
  });
  const document = await answer.json();
  if (!answer.ok) throw refused(document);
  return document;
}

function refused(document) {
  const { message, code, results } = document.error;
  return Object.assign(new Error(message), { code, results: results ?? [] });
}
