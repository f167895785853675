/** What is to happen, and when: a binary heap of moments. */
export class Agenda {
  readonly #times: number[] = [];
  readonly #tasks: number[] = [];

  add(time: number, task: number): void {
    let at = this.#times.length;
    this.#times.push(time);
    this.#tasks.push(task);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#time(parent) <= time) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#times[at] = time;
    this.#tasks[at] = task;
  }

  /** The next of all; null: nothing is to happen. */
  next(): { readonly time: number; readonly task: number } | null {
    const [time] = this.#times;
    const [task] = this.#tasks;
    const last = this.#times.pop();
    const lastTask = this.#tasks.pop();
    if (time === undefined || task === undefined || last === undefined || lastTask === undefined) return null;
    const length = this.#times.length;
    if (length > 0) this.#sink(last, lastTask, length);
    return { time, task };
  }

  #sink(time: number, task: number, length: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && this.#time(child + 1) < this.#time(child)) child += 1;
      if (this.#time(child) >= time) break;
      this.#move(child, at);
      at = child;
    }
    this.#times[at] = time;
    this.#tasks[at] = task;
  }

  #time(at: number): number {
    return this.#times[at] ?? Infinity;
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from] ?? Infinity;
    this.#tasks[to] = this.#tasks[from] ?? 0;
  }
}
