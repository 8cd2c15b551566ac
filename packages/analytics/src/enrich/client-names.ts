/** Distributions are counted together: most browsers on them say no more than "Linux", and client hints never do. */
const LINUX = new Set(
  (
    'linux gnu ubuntu kubuntu xubuntu lubuntu debian suse opensuse gentoo arch slackware fedora mandriva centos ' +
    'pclinuxos redhat zenwalk linpus raspbian deepin manjaro sabayon linspire mint mageia vectorlinux joli'
  ).split(' '),
);

const OPERATING_SYSTEMS: ReadonlyMap<string, string> = new Map([
  ['mac os', 'macOS'],
  ['macos', 'macOS'],
  ['chromium os', 'Chrome OS'],
  ['chrome os', 'Chrome OS'],
  ['red hat', 'Linux'],
  ['elementary os', 'Linux'],
  ['windows', 'Windows'],
  ['android', 'Android'],
  ['ios', 'iOS'],
  ['kaios', 'KaiOS'],
  ['tizen', 'Tizen'],
  ['freebsd', 'FreeBSD'],
  ['openbsd', 'OpenBSD'],
  ['netbsd', 'NetBSD'],
]);

const BROWSERS: ReadonlyMap<string, string> = new Map([
  ['chrome', 'Chrome'],
  ['google chrome', 'Chrome'],
  ['android webview', 'Chrome WebView'],
  ['chrome headless', 'Headless Chrome'],
  ['headlesschrome', 'Headless Chrome'],
  ['microsoft edge', 'Edge'],
  ['mobile safari', 'Safari'],
  ['ie', 'Internet Explorer'],
  ['naver', 'Naver'],
  ['ucbrowser', 'UC Browser'],
  ['yabrowser', 'Yandex'],
  ['gsa', 'Google App'],
]);

/** An operating system as people call it: macOS, Windows, Linux, Chrome OS, Android, iOS; others as they call themselves. */
export function osName(name: string): string {
  const key = name.toLowerCase();
  return LINUX.has(key) ? 'Linux' : (OPERATING_SYSTEMS.get(key) ?? name);
}

/** A browser as people call it; Safari is Safari on a phone too, since the device says that it is one. */
export function browserName(name: string): string {
  return BROWSERS.get(name.toLowerCase()) ?? name;
}
