/** The studio's public key; the demo data registers it for the default site. A product takes its own from the settings. */
export const STUDIO_SITE_KEY = 'tm_studio_demo_public_key';
