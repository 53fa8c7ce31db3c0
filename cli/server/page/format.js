// Numbers and times as people read them.

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
const EXACT = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false,
});
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });

/** 14:03 */
export function clock(ms) {
  return CLOCK.format(ms);
}

/** 14:03:22 */
export function exact(ms) {
  return EXACT.format(ms);
}

/** 14:03:22, with the day if it is not today's. */
export function moment(ms) {
  const today = new Date().toDateString() === new Date(ms).toDateString();
  return today ? EXACT.format(ms) : `${DAY.format(ms)}, ${EXACT.format(ms)}`;
}

/** How long: 12 s, 3 min, 2 h 5 min, 3 d. */
export function span(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${Math.floor(hours / 24)} d`;
}

/** 2.3, 12, 0.04; a dash for nothing. */
export function number(value, digits = 2) {
  if (value === null || value === undefined) return "–";
  return Number(value.toFixed(digits)).toString();
}

/** 12 % */
export function percent(value) {
  return value === null || value === undefined ? "–" : `${Math.round(value * 100)}\u00a0%`;
}

export function bytes(count) {
  if (count < 1000) return `${count} B`;
  return count < 1e6 ? `${number(count / 1e3, 1)} kB` : `${number(count / 1e6, 1)} MB`;
}

/** one task, 3 tasks */
export function counted(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}
