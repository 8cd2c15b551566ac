const WIDTH = 24;
const REDRAW_MS = 100;

export interface ProgressState {
  /** 0 to 1. */
  readonly share: number;
  readonly events: number;
}

/** A progress bar with rate and time left on a terminal; a line every few seconds elsewhere. */
export class ProgressBar {
  private readonly started = performance.now();
  private drawnAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly out: NodeJS.WriteStream) {}

  draw(state: ProgressState, final = false): void {
    const now = performance.now();
    const every = this.out.isTTY ? REDRAW_MS : REDRAW_MS * 50;
    if (!final && now - this.drawnAt < every) return;
    this.drawnAt = now;
    const text = progressText(state, (now - this.started) / 1_000);
    this.out.write(this.out.isTTY ? `\r\u001b[K${text}${final ? '\n' : ''}` : `${text}\n`);
  }
}

/** `seconds` since the start. */
export function progressText({ share, events }: ProgressState, seconds: number): string {
  const filled = Math.round(Math.min(1, share) * WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
  const rate = seconds > 0 ? Math.round(events / seconds) : 0;
  const left = share > 0 && share < 1 ? `  ${clock((seconds / share) * (1 - share))} left` : '';
  return `${bar} ${(share * 100).toFixed(0).padStart(3)} %  ${events.toLocaleString('en')} events  ${rate.toLocaleString('en')}/s${left}`;
}

function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
