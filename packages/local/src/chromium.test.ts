import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findChromium, handOver } from './chromium.ts';
import { temporaryFolder } from './temporary-folder.ts';

const BROWSER = 'echo Chromium 140.0.1 built on Debian';
/** A snap's stand-in: it is there and executable, and no browser. */
const STUB = 'echo "Command requires the chromium snap to be installed." >&2; exit 1';

/** Finds the usual tools itself, so that a PATH without a browser can consist of such programs alone. */
function program(file: string, script: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** An apt that knows one missing library, and a dpkg that unpacks a browser which needs that library. */
function debian(bin: string, lists: 'here' | 'missing'): void {
  const log = `echo "$@" >> "${bin}/apt.log"`;
  const update = `case "$*" in *update*) touch "${bin}/lists"; exit 0;; esac`;
  const known = `[ -e "${bin}/lists" ] || { echo "Unable to locate package" >&2; exit 100; }`;
  const simulate = 'case "$*" in *--simulate*) echo "Inst libneeded1 (1.0 Debian:12 [amd64])"; exit 0;; esac';
  program(join(bin, 'apt-get'), [log, update, known, simulate, 'touch chromium.deb libneeded1.deb'].join('\n'));
  const browser = `[ -n "$LD_LIBRARY_PATH" ] && [ -e "$FONTCONFIG_FILE" ] && ${BROWSER}`;
  program(
    join(bin, 'dpkg'),
    `mkdir -p "$3/usr/lib/chromium" "$3/usr/lib/x86_64-linux-gnu" "$3/usr/lib/python3"
case "$2" in *libneeded1*) touch "$3/usr/lib/x86_64-linux-gnu/libneeded.so.1";; esac
printf '#!/bin/sh\\n%s\\n' '${browser}' > "$3/usr/lib/chromium/chromium"
chmod +x "$3/usr/lib/chromium/chromium"`,
  );
  if (lists === 'here') writeFileSync(join(bin, 'lists'), '');
}

describe('the browser for the tests', () => {
  test('is that of CHROMIUM_PATH, and no other when that one does not start', async () => {
    await using folder = temporaryFolder();
    const PATH = folder.path;
    program(join(folder.path, 'chromium'), 'echo Chromium 1.2.3');
    const named = program(join(folder.path, 'named'), 'echo "Google Chrome 140.0.7 beta"');
    const found = await findChromium(folder.path, { PATH, CHROMIUM_PATH: named });
    expect(found).toEqual({ command: named, env: {}, version: 'Google Chrome 140.0.7' });
    const missing = findChromium(folder.path, { PATH, CHROMIUM_PATH: join(folder.path, 'nowhere') });
    await expect(missing).rejects.toThrow('The browser of CHROMIUM_PATH does not start');
  });

  test('is one on the PATH that starts', async () => {
    await using folder = temporaryFolder();
    program(join(folder.path, 'a', 'chromium'), STUB);
    const command = program(join(folder.path, 'b', 'google-chrome'), BROWSER);
    const PATH = `${folder.path}/a:${folder.path}/b`;
    expect(await findChromium(folder.path, { PATH })).toMatchObject({ command, version: 'Chromium 140.0.1' });
  });

  test('is the one that the parent process found', async () => {
    const found = { command: 'of-the-parent', env: { LD_LIBRARY_PATH: 'there' }, version: 'Chromium 140.0.1' };
    expect(await findChromium('unused', { ...handOver(found), CHROMIUM_PATH: 'other' })).toEqual(found);
  });
});

describe.runIf(process.platform === 'linux')("Debian's browser", () => {
  test.each(['here', 'missing'] as const)('is unpacked once, with the lists of apt %s', async (lists) => {
    await using folder = temporaryFolder();
    const bin = join(folder.path, 'bin');
    const cache = join(folder.path, 'cache');
    debian(bin, lists);
    const env = { PATH: bin };
    const found = await findChromium(cache, env);
    expect(found.command).toBe(join(cache, 'root/usr/lib/chromium/chromium'));
    expect(found.env.LD_LIBRARY_PATH).toBe(join(cache, 'root/usr/lib/x86_64-linux-gnu'));
    // Nothing unfinished is left.
    expect(readdirSync(cache).sort()).toEqual(['fonts.conf', 'root']);
    writeFileSync(join(bin, 'apt-get'), 'not called again');
    expect(await findChromium(cache, env)).toEqual(found);
  });

  test('cannot be had without apt, and the message says what to type', async () => {
    await using folder = temporaryFolder();
    const bin = join(folder.path, 'bin');
    program(join(bin, 'dnf'), 'exit 1');
    const cache = join(folder.path, 'cache');
    const missing = findChromium(cache, { PATH: bin });
    await expect(missing).rejects.toThrow('Install one with `sudo dnf install chromium`');
    expect(existsSync(join(cache, 'root'))).toBe(false);
  });
});
