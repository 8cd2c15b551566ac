interface Turns {
  running: number;
  readonly waiting: (() => void)[];
}

const MOST_WAITING = 100;

/** Lets each user do a few things at the same time, and the rest of theirs one after another. */
export class OwnTurns {
  private readonly users = new Map<string, Turns>();

  constructor(private readonly most: number) {}

  /** Resolves to what ends the turn; to null where none came within `patienceMs`, or too many wait already. */
  async take(user: string, patienceMs: number): Promise<(() => void) | null> {
    const turns = this.users.get(user) ?? { running: 0, waiting: [] };
    this.users.set(user, turns);
    if (turns.running < this.most) turns.running += 1;
    // Whoever ends a turn hands it on: `running` stays as it is.
    else if (!(await this.wait(turns, patienceMs))) return null;
    let over = false;
    return () => {
      if (over) return;
      over = true;
      const next = turns.waiting.shift();
      if (next) return next();
      turns.running -= 1;
      if (turns.running === 0) this.users.delete(user);
    };
  }

  private wait(turns: Turns, patienceMs: number): Promise<boolean> {
    if (turns.waiting.length >= MOST_WAITING) return Promise.resolve(false);
    return new Promise((resolve) => {
      const given = () => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        turns.waiting.splice(turns.waiting.indexOf(given), 1);
        resolve(false);
      }, patienceMs);
      turns.waiting.push(given);
    });
  }
}
