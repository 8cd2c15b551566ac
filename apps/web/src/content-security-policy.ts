/** Scripts run only with the nonce of their own answer. React writes `style` attributes, hence the inline styles. */
export function contentSecurityPolicy(nonce: string, development: boolean): string {
  // React rebuilds server stack traces with eval, in development only.
  const evaluation = development ? " 'unsafe-eval'" : '';
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${evaluation}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}
