import { createDashboardPage, dashboardMetadata } from '@tallymark/dashboard/next';
import { forbidden } from 'next/navigation';
import { currentUser } from '../../../auth/current-user.ts';

export const generateMetadata = dashboardMetadata;

export default createDashboardPage({
  user: currentUser,
  basePath: '/admin',
  trpcUrl: '/api/trpc',
  signIn: (next) => `/login?next=${encodeURIComponent(next)}`,
  forbidden,
});
