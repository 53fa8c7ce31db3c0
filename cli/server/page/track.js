// A value that changes now and then, with all it ever was: `at(n)` is what it was after event n.

export class Track {
  constructor() {
    this.from = [];
    this.values = [];
  }

  /** From event n on it is `value`. */
  set(n, value) {
    if (this.from.length && this.from[this.from.length - 1] === n) {
      this.values[this.values.length - 1] = value;
    } else if (this.last !== value) {
      this.from.push(n);
      this.values.push(value);
    }
  }

  get last() {
    return this.values[this.values.length - 1];
  }

  at(n) {
    const index = this.index(n);
    return index < 0 ? undefined : this.values[index];
  }

  /** Where in `from` the value of event n is, -1 before the first. */
  index(n) {
    const { from } = this;
    let low = 0;
    let high = from.length;
    if (high && from[high - 1] <= n) return high - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (from[middle] <= n) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
