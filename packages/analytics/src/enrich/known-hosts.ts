/** What a host or a source that many know is to the sites it sends visitors to. */
export type KnownKind = 'email' | 'social' | 'organic_search';

/**
 * Hosts without "www.". One that begins with a dot stands for its subdomains too; the longest that fits wins, so that
 * search.example and mail.example can be two things. Android apps stand under their package names.
 */
const HOSTS: Readonly<Record<KnownKind, string>> = {
  email: `
    mail.google.com .mail.yahoo.com .mail.yahoo.co.jp .outlook.live.com .outlook.office.com .outlook.office365.com
    .outlook.cloud.microsoft .mail.live.com mail.aol.com mail.proton.me mail.protonmail.com e.mail.ru touch.mail.ru
    .mail.yandex.ru .mail.yandex.com navigator.gmx.net navigator.gmx.com .deref-gmx.net .deref-gmx.com .deref-mail.com
    navigator.web.de .deref-web.de mail.qq.com .mail.163.com .mail.126.com .mail.zoho.com .fastmail.com .tutanota.com
    app.tuta.com .hey.com mail.naver.com mail.daum.net .superhuman.com .mail.rambler.ru .poczta.onet.pl
    com.google.android.gm com.google.android.gm.lite com.microsoft.office.outlook
    com.yahoo.mobile.client.android.mail ch.protonmail.android ru.mail.mailapp com.samsung.android.email.provider
    com.fsck.k9 com.readdle.spark`,
  social: `
    .facebook.com .fb.com fb.me .messenger.com m.me .instagram.com .threads.net .threads.com .whatsapp.com wa.me .x.com
    .twitter.com t.co .linkedin.com lnkd.in .reddit.com redd.it .pinterest.com pin.it .tiktok.com .youtube.com youtu.be
    .snapchat.com .t.me telegram.me .telegram.org .vk.com .vk.ru .ok.ru .tumblr.com .quora.com .bsky.app
    .mastodon.social .mastodon.online mas.to fosstodon.org .discord.com .xing.com .weibo.com .weibo.cn .wechat.com
    .zhihu.com tieba.baidu.com .douban.com .line.me .kakao.com .nextdoor.com .twitch.tv .flickr.com .meetup.com
    .stocktwits.com .gab.com .truthsocial.com .producthunt.com news.ycombinator.com .lemmy.world .disqus.com
    com.facebook.katana com.facebook.lite com.facebook.orca com.instagram.android com.instagram.barcelona
    com.twitter.android com.linkedin.android com.reddit.frontpage com.pinterest com.zhiliaoapp.musically
    com.google.android.youtube com.snapchat.android org.telegram.messenger com.whatsapp com.vkontakte.android
    org.joinmastodon.android xyz.blueskyweb.app com.discord com.tumblr`,
  organic_search: `
    .bing.com .search.yahoo.com .search.yahoo.co.jp yahoo.com yahoo.co.jp .duckduckgo.com .ecosia.org search.brave.com
    .startpage.com .qwant.com baidu.com m.baidu.com .so.com .sogou.com .sm.cn .search.naver.com naver.com
    .search.daum.net .seznam.cz ya.ru .search.aol.com .ask.com .dogpile.com .metager.org .metager.de .mojeek.com
    .swisscows.com kagi.com .yep.com .presearch.com .coccoc.com .rambler.ru go.mail.ru suche.web.de suche.gmx.net
    suche.t-online.de .lycos.com .webcrawler.com .petalsearch.com .gibiru.com .you.com .searchencrypt.com
    .onesearch.com .alltheinternet.com .lilo.org .karmasearch.org search.marginalia.nu wolframalpha.com
    com.google.android.googlequicksearchbox com.duckduckgo.mobile.android com.microsoft.bing ru.yandex.searchplugin
    com.yandex.searchapp`,
};

/** What people write into utm_source, beside hosts. */
const SOURCES: Readonly<Record<KnownKind, string>> = {
  email:
    'email e-mail e_mail mail mailing newsletter gmail outlook mailchimp klaviyo brevo sendinblue sendgrid mailjet',
  social: `
    facebook fb meta instagram ig insta threads messenger whatsapp twitter x linkedin reddit pinterest tiktok youtube
    snapchat telegram vk vkontakte tumblr quora bluesky bsky mastodon discord xing weibo wechat twitch hackernews social`,
  organic_search: `
    google bing yahoo duckduckgo ddg ecosia brave startpage qwant baidu naver yandex seznam sogou ask aol kagi
    google_search`,
};

const words = (text: string) => text.trim().split(/\s+/);
const byWord = (lists: Readonly<Record<KnownKind, string>>): ReadonlyMap<string, KnownKind> =>
  new Map(
    (['email', 'social', 'organic_search'] as const).flatMap((kind) =>
      words(lists[kind]).map((word) => [word, kind] as const),
    ),
  );

const BY_HOST = byWord(HOSTS);
const BY_SOURCE = byWord(SOURCES);

/** Engines with a domain in every country; docs.google.com and its like are no engines. */
const COUNTRY_SEARCH =
  /^(?:(?:images?|cse|ipv[46]|encrypted|m)\.)?(?:google|yandex)\.(?:com|cat|[a-z]{2}|com?\.[a-z]{2})$/;
const WEBMAIL = /^(?:web)?mail\d?\./;
const COUNTRY_PINTEREST = /^(?:[a-z]{2}\.)?pinterest\.(?:[a-z]{2}|com?\.[a-z]{2})$/;

/** `host` in lower case and without "www."; null for a host of no special kind. */
export function kindOfHost(host: string): KnownKind | null {
  const exact = BY_HOST.get(host);
  if (exact !== undefined) return exact;
  for (let at = -1, domain = host; ; domain = host.slice(at + 1)) {
    const kind = BY_HOST.get(`.${domain}`);
    if (kind !== undefined) return kind;
    at = host.indexOf('.', at + 1);
    if (at < 0) break;
  }
  if (COUNTRY_SEARCH.test(host)) return 'organic_search';
  if (COUNTRY_PINTEREST.test(host)) return 'social';
  // Whoever runs mail for their people puts it there.
  return WEBMAIL.test(host) ? 'email' : null;
}

/** By a `utm_source`, which is a name such as `facebook` or a host such as `l.facebook.com`. */
export function kindOfSource(source: string): KnownKind | null {
  const plain = source.toLowerCase().replace(/^www\./, '');
  return BY_SOURCE.get(plain) ?? (plain.includes('.') ? kindOfHost(plain) : null);
}
