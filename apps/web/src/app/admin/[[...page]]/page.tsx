import { visibleSitesOf } from '@tallymark/analytics/report/visible-sites';
import { createDashboardPage, dashboardMetadata } from '@tallymark/dashboard/next';
import { forbidden } from 'next/navigation';
import { currentUser } from '../../../auth/current-user.ts';
import { server } from '../../../server.ts';

export const generateMetadata = dashboardMetadata;

export default createDashboardPage({
  user: currentUser,
  sites: ({ id, role }) => {
    const { prisma, settings } = server();
    return visibleSitesOf(prisma, { userId: id, role }, settings.TRACKING_DEFAULT_SITE_ID);
  },
  basePath: '/admin',
  trpcUrl: '/api/trpc',
  home: '/',
  signIn: (next) => `/login?next=${encodeURIComponent(next)}`,
  forbidden,
});
