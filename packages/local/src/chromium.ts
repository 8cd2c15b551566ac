import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, writeFileSync } from 'node:fs';
import { platform } from 'node:os';
import { delimiter, join } from 'node:path';
import { unpackDebianPackages } from './debian-packages.ts';

export interface Chromium {
  readonly command: string;
  /** What the browser needs beyond the environment of its caller. */
  readonly env: Readonly<Record<string, string>>;
  /** As the program says it itself, for example `Chromium 140.0.7339.185`. */
  readonly version: string;
}

const HANDED_OVER = 'TALLYMARK_CHROMIUM';
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC_CHROME = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
// Without a font there is no text, and without text most elements have no size.
const DEBIAN_PACKAGES = ['chromium', 'chromium-common', 'fonts-dejavu-core'];
const FONTS = `<fontconfig>
  <dir prefix="relative">root/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;
const VERSION_DEADLINE_MS = 20_000;

/**
 * The browser of CHROMIUM_PATH, else the one that is installed, else Debian's, unpacked into `cacheDir` without touching
 * the system. Rejects with what to type when there is none.
 */
export async function findChromium(cacheDir: string, env: NodeJS.ProcessEnv = process.env): Promise<Chromium> {
  const handedOver = env[HANDED_OVER];
  if (handedOver) return JSON.parse(handedOver) as Chromium;
  if (env.CHROMIUM_PATH) {
    const named = tryBrowser(env.CHROMIUM_PATH, {}, env);
    if (typeof named !== 'string') return named;
    throw new Error(`The browser of CHROMIUM_PATH does not start.\n  - ${named}`);
  }
  const problems: string[] = [];
  for (const command of installed(env)) {
    const found = tryBrowser(command, {}, env);
    if (typeof found !== 'string') return found;
    problems.push(found);
  }
  if (platform() === 'linux') {
    try {
      const found = tryBrowser(...unpackDebianChromium(cacheDir, env), env);
      if (typeof found !== 'string') return found;
      problems.push(`${found}\n    Delete ${cacheDir} to get it anew.`);
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  const list = problems.map((line) => `\n  - ${line}`).join('');
  throw new Error(`No Chromium or Chrome.${list}\n${advice(env)}, or name one in CHROMIUM_PATH.`);
}

/** For the environment of a process that calls `findChromium` as well: it takes this one and looks no further. */
export function handOver(chromium: Chromium): Record<string, string> {
  return { [HANDED_OVER]: JSON.stringify(chromium) };
}

function installed(env: NodeJS.ProcessEnv): string[] {
  const onPath = NAMES.flatMap((name) => findOnPath(name, env) ?? []);
  return platform() === 'darwin' && existsSync(MAC_CHROME) ? [...onPath, MAC_CHROME] : onPath;
}

function findOnPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A name on the PATH may be a stub that only says what to install, and a browser may lack libraries. */
function tryBrowser(command: string, own: Record<string, string>, env: NodeJS.ProcessEnv): Chromium | string {
  try {
    const output = execFileSync(command, ['--version'], {
      env: { ...env, ...own },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: VERSION_DEADLINE_MS,
    });
    const [version] = /\b(Chromium|Google Chrome)\b.*?\d[\d.]+/.exec(output) ?? [];
    return version ? { command, env: own, version } : `${command} says: ${output.trim()}`;
  } catch (error) {
    return (error as Error).message.trim();
  }
}

function unpackDebianChromium(cacheDir: string, env: NodeJS.ProcessEnv): [string, Record<string, string>] {
  const { root, libraryPath } = unpackDebianPackages(cacheDir, DEBIAN_PACKAGES, env);
  const fontsFile = join(cacheDir, 'fonts.conf');
  // Fontconfig may be among what was unpacked, and it looks for its settings and fonts at absolute paths.
  if (!existsSync(fontsFile)) writeFileSync(fontsFile, FONTS);
  return [
    // The script at usr/bin knows absolute paths only.
    join(root, 'usr', 'lib', 'chromium', 'chromium'),
    { LD_LIBRARY_PATH: libraryPath, FONTCONFIG_FILE: fontsFile, XDG_CACHE_HOME: join(cacheDir, 'home') },
  ];
}

function advice(env: NodeJS.ProcessEnv): string {
  const commands = {
    brew: 'brew install --cask google-chrome',
    'apt-get': 'sudo apt-get install chromium',
    dnf: 'sudo dnf install chromium',
    pacman: 'sudo pacman -S chromium',
    apk: 'sudo apk add chromium',
  };
  const [, command] = Object.entries(commands).find(([tool]) => findOnPath(tool, env)) ?? [];
  return command ? `Install one with \`${command}\`` : 'Install one';
}
