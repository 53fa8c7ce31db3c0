// The log as it grows: server-sent events, read in whole chunks so that a long history is cheap.
// After a break it goes on behind the last event that was seen: none is missed, none comes twice.

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5000;

/** `heard(events)` gets every new event in order, `changed(state)` live, waiting or lost. */
export async function follow(heard, changed) {
  let last = 0;
  let pause = FIRST_PAUSE;
  for (;;) {
    try {
      const answer = await fetch("/api/events?words=1", {
        headers: { "Last-Event-ID": String(last) },
        cache: "no-store",
      });
      if (answer.status === 409) location.reload(); // another log: what is shown is not its history
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      changed("live");
      await read(answer.body, (events) => {
        const fresh = events.filter((event) => event.sequence > last);
        if (fresh.length) last = fresh[fresh.length - 1].sequence;
        pause = FIRST_PAUSE;
        heard(fresh);
      });
      changed("waiting");
    } catch {
      changed(pause < LONGEST_PAUSE ? "waiting" : "lost");
    }
    await new Promise((wake) => setTimeout(wake, pause));
    pause = Math.min(LONGEST_PAUSE, pause * 2);
  }
}

async function read(body, heard) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const text = rest + value;
    const end = text.lastIndexOf("\n\n");
    rest = text.slice(end < 0 ? 0 : end + 2);
    if (end < 0) continue;
    const whole = text.slice(0, end);
    const found = whole.split("\n\n").map(event).filter(Boolean);
    if (found.length) heard(found);
  }
}

/** What the page needs of one event; null for a comment. */
function event(block) {
  const at = block.indexOf("data: ");
  if (at < 0) return null;
  const { words, event } = JSON.parse(block.slice(at + 6));
  return {
    sequence: Number(event.sequence),
    id: event.id,
    type: event.type,
    subject: event.subject ?? null,
    actor: event.actor,
    project: event.correlationid,
    at: Date.parse(event.recordedtime ?? event.time),
    data: event.data,
    viaChat: event.viachat === true,
    words,
  };
}
