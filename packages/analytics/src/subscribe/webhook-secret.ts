import { randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;

/** What a webhook's requests are signed with. */
export const newSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString('base64url')}`;
