/** @typedef {(text: string) => void} Note Adds a remark to the finished line. */

/**
 * @template T
 * @typedef {(note: Note) => Promise<T>} Work
 */

const terminal = process.stdout.isTTY;

/**
 * Shows one step: what goes on while it runs, then how it ended and the seconds it took.
 * @template T
 * @param {string} title
 * @param {Work<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const start = performance.now();
  let remark = '';
  process.stdout.write(terminal ? `  … ${title}` : `  … ${title}\n`);
  /** @param {string} mark */
  const finish = (mark) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    process.stdout.write(`${terminal ? '\r\x1b[2K' : ''}  ${mark} ${title}${remark} (${seconds} s)\n`);
  };
  try {
    const result = await work((text) => {
      remark = `: ${text}`;
    });
    finish('✓');
    return result;
  } catch (error) {
    finish('✗');
    throw error;
  }
}

/** @param {unknown} error */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
