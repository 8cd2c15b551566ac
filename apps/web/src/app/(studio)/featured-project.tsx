import Link from 'next/link';
import { TrackView } from '../../tracking/studio-analytics.tsx';

const CAMPAIGN = 'featured-project';

/** The project the studio puts forward; seen and clicked as a campaign of its own. */
export function FeaturedProject({ id, name, works }: { id: string; name: string; works: number }) {
  return (
    <TrackView
      eventType="campaign_impression"
      props={{ campaignId: CAMPAIGN, placement: 'gallery_top' }}
      options={{ entityId: CAMPAIGN }}
    >
      <p className="featured">
        <span>
          <strong>{name}</strong>
          {` is still growing: ${works} works so far.`}
        </span>
        <Link
          href={`/projects/${id}`}
          data-track-event="element_clicked"
          data-track-target-element-id={id}
          data-track-target-element-type="featured_project"
          data-track-campaign-id={CAMPAIGN}
        >
          See the project
        </Link>
      </p>
    </TrackView>
  );
}
