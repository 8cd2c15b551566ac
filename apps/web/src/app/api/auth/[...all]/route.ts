import { handleAuth } from '../../../../auth/handle-auth.ts';

export { handleAuth as GET, handleAuth as POST };
