import { demoPlan } from '@tallymark/contract/demo-plan';
import { definePlan } from '@tallymark/contract/plan';

const plain = { props: demoPlan.types.scrolled.props };
const MORE = [
  'video_played',
  'video_paused',
  'gallery_opened',
  'filter_changed',
  'sort_changed',
  'tooltip_shown',
  'share_opened',
  'link_copied',
  'comment_written',
  'comment_read',
  'tour_started',
  'tour_ended',
  'banner_closed',
  'help_opened',
] as const;

/** The demo's plan with more types beside: forty in all. */
export const historyPlan = definePlan(
  {
    ...demoPlan.types,
    ...(Object.fromEntries(MORE.map((type) => [type, plain])) as Record<(typeof MORE)[number], typeof plain>),
  },
  { entityIds: {} },
);
